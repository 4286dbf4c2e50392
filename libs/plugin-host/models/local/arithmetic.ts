const LONGEST = 200;

const SPOKEN: readonly (readonly [words: RegExp, sign: string])[] = [
  [/\bplus\b/gi, '+'],
  [/\bminus\b/gi, '-'],
  [/\b(?:times|multiplied by)\b/gi, '*'],
  [/\bdivided by\b/gi, '/'],
  [/\bto the power of\b/gi, '^'],
  [/×/g, '*'],
  [/÷/g, '/'],
];

const ASKS = /\b(?:calculate|compute|work out|how much|what(?:'s| is)|sum|solve|evaluate|result of)\b|=/i;

/**
 * The longest sum in a text, in signs; undefined where there is none.
 *
 * 1. Signs may be written as words: "17 times 23".
 * 2. Numbers that are only strung together, as in a date (2026-11-23), are a sum where one is asked for, and not of
 *    three parts by the same sign - or /.
 */
export function arithmeticIn(text: string): string | undefined {
  const signs = SPOKEN.reduce((said, [words, sign]) => said.replace(words, sign), text); // rule 1
  const isAsked = ASKS.test(text);
  const sums = (signs.match(/[\d().+\-*/^% \t]+/g) ?? [])
    .map((run) => run.slice(0, LONGEST).replace(/^[\s.+*/^%)]+|[\s.+\-*/^%(]+$/g, ''))
    .filter((run) => isSum(run) && (isAsked || /\s[-+*/^%]\s/.test(run)) && !isDate(run)); // rule 2
  return sums.sort((a, b) => b.length - a.length)[0];
}

const isSum = (run: string): boolean =>
  /\d\s*\)*\s*[-+*/^%]\s*[-(]*\s*\d/.test(run) && !/\d\s+\d/.test(run) && isBalanced(run);

const isDate = (run: string): boolean => /^\d{1,4}([-/.])\d{1,2}\1\d{1,4}$/.test(run);

function isBalanced(run: string): boolean {
  let open = 0;
  for (const char of run) {
    if (char === '(') open += 1;
    if (char === ')' && --open < 0) return false;
  }
  return open === 0;
}
