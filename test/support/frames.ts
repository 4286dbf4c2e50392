/** One message of a stream of server-sent events. */
export interface Frame {
  /** On durable frames only. */
  readonly id: number | null;
  readonly type: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a frame is whatever the test says that it must be
  readonly [member: string]: any;
}

/** The frames of an answer, as they come; a comment is none. Throws on whatever is no frame of the contract. */
export async function* framesOf(answer: Response): AsyncIterable<Frame> {
  let rest = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    const messages = (rest + chunk).split('\n\n');
    rest = messages.pop()!;
    for (const message of messages) {
      const lines = message.split('\n').filter((line) => !line.startsWith(':'));
      if (lines.length > 0) yield frameIn(lines);
    }
  }
  if (rest !== '') throw new Error(`The stream ended within a frame: ${rest}`);
}

function frameIn(lines: readonly string[]): Frame {
  const match = /^(?:id: (\d+)\n)?data: (\{.*\})$/.exec(lines.join('\n'));
  if (!match) throw new Error(`No frame of the contract: ${lines.join('\\n')}`);
  return { id: match[1] === undefined ? null : Number(match[1]), ...(JSON.parse(match[2]!) as { type: string }) };
}

export async function allFrames(answer: Response): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of framesOf(answer)) frames.push(frame);
  return frames;
}

/** The frames up to and including the first that is meant; then the reader goes away. */
export async function framesUntil(answer: Response, isMeant: (frame: Frame) => boolean): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of framesOf(answer)) {
    frames.push(frame);
    if (isMeant(frame)) break;
  }
  return frames;
}

/** What a reader of these tokens has on the screen for a step: `text = text[0..offset] + content`. */
export const textOf = (frames: readonly Frame[], path: string): string =>
  frames
    .filter(({ type, path: of }) => type === 'token' && of === path)
    .reduce((text, { offset, content }) => text.slice(0, offset) + content, '');
