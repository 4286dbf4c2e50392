/** The beginning of a text, at most `length` UTF-16 units, never ending inside a character. */
export function excerptOf(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  const cutsAPair = text.length > length && last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, cutsAPair ? length - 1 : length);
}
