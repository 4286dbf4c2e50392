/** One fenced block of a guide that is to be carried out: `json execute`, `json signal paid`, `json result` … */
export interface Example {
  /** The heading that it stands under. */
  readonly under: string;
  readonly verb: string;
  readonly argument: string;
  readonly body: unknown;
  readonly line: number;
}

const fence = /^```json (\w+)(?: ([^\n]*))?\n([^]*?)^```$/gm;

/** The examples of a page, in order. A block without a verb shows a part, and is only read as JSON. */
export function examplesIn(page: string): Example[] {
  return [...page.matchAll(fence)].map(({ index, 1: verb, 2: argument, 3: text }) => ({
    under: headingBefore(page, index),
    verb: verb!,
    argument: argument?.trim() ?? '',
    body: JSON.parse(text!) as unknown,
    line: page.slice(0, index).split('\n').length,
  }));
}

/** Blocks that show a part: a node, an edge. */
export const partsIn = (page: string): readonly string[] =>
  [...page.matchAll(/^```json\n([^]*?)^```$/gm)].map(([, text]) => text!);

const headingBefore = (page: string, index: number): string =>
  [...page.slice(0, index).matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? '';
