/** How long a part is at most, and how much of the end of one is at the beginning of the next; in characters. */
export const chunkSize = 800;
export const overlap = 100;

/**
 * A text cut into parts that can be found and read by themselves.
 *
 * 1. A part ends where a paragraph does; else where a sentence, else a word does; else where it is full. Never within a
 *    character.
 * 2. It begins a little before the end of the one before, at a word, so that what stands on the border is in one of them whole.
 * 3. Nothing is lost: every character but white space at the borders is in a part.
 */
export function chunksOf(text: string): string[] {
  const chunks: string[] = [];
  for (let start = skipSpace(text, 0); start < text.length;) {
    const end = endOf(text, start);
    chunks.push(text.slice(start, end).trimEnd());
    if (skipSpace(text, end) >= text.length) break;
    start = beginOf(text, start, end);
  }
  return chunks;
}

const borders = [/\n\s*\n/g, /[.!?。！？]["')\]]?\s/g, /\s/g];

/** Rule 1: the last border in the second half of the room. */
function endOf(text: string, start: number): number {
  const full = start + chunkSize;
  if (full >= text.length) return text.length;
  const from = start + chunkSize / 2;
  const room = text.slice(from, full);
  for (const border of borders) {
    const last = [...room.matchAll(border)].at(-1);
    if (last) return from + last.index + last[0].length;
  }
  return wholeCharacter(text, full);
}

/** Rule 2. */
function beginOf(text: string, start: number, end: number): number {
  const back = Math.max(start + 1, end - overlap);
  const word = /\s/.exec(text.slice(back, end));
  return skipSpace(text, word ? back + word.index : wholeCharacter(text, back));
}

const wholeCharacter = (text: string, at: number): number =>
  /[\uDC00-\uDFFF]/.test(text[at] ?? '') && /[\uD800-\uDBFF]/.test(text[at - 1] ?? '') ? at + 1 : at;

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text[at]!)) at += 1;
  return at;
}
