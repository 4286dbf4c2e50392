/** A piece of a text: as it stands, or an expression in braces. */
export type Piece =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'expression'; readonly source: string }
  | { readonly type: 'unclosed'; readonly source: string };

/**
 * Cuts a text into its pieces.
 *
 * 1. `{{{{` is a literal `{{`.
 * 2. `{{` opens an expression; the first `}}` outside of its strings and maps closes it.
 * 3. Everything else is text, also a `}}` that closes nothing.
 */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let literal = '';
  let at = 0;
  for (let open = text.indexOf('{{'); open !== -1; open = text.indexOf('{{', at)) {
    literal += text.slice(at, open);
    if (text.startsWith('{{{{', open)) {
      literal += '{{';
      at = open + 4;
      continue;
    }
    if (literal !== '') pieces.push({ type: 'text', text: literal });
    literal = '';
    const close = closingOf(text, open + 2);
    if (close === -1) return [...pieces, { type: 'unclosed', source: text.slice(open + 2) }];
    pieces.push({ type: 'expression', source: text.slice(open + 2, close).trim() });
    at = close + 2;
  }
  literal += text.slice(at);
  return literal === '' ? pieces : [...pieces, { type: 'text', text: literal }];
}

/** The expression of a text that is one expression in braces and nothing else; null for any other text. */
export function braced(text: string): string | null {
  const [piece, ...more] = piecesOf(text.trim());
  return piece?.type === 'expression' && more.length === 0 ? piece.source : null;
}

/** Where the `}}` of an expression stands; -1 if nowhere. */
function closingOf(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"' || char === "'") {
      at = endOfString(text, at);
      if (at === -1) return -1;
    } else if (char === '{') {
      depth++;
    } else if (char === '}') {
      if (depth === 0) {
        if (text[at + 1] === '}') return at;
      } else {
        depth--;
      }
    }
  }
  return -1;
}

/** Where the closing quote of a string stands; -1 if nowhere. */
function endOfString(text: string, start: number): number {
  const quote = text[start]!;
  const close = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
  for (let at = start + close.length; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text.startsWith(close, at)) return at + close.length - 1;
  }
  return -1;
}
