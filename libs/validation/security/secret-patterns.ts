interface SecretPattern {
  /** What it looks like, with an article: it stands in the message. */
  readonly what: string;
  readonly pattern: RegExp;
}

/**
 * Texts that are a secret by their form. Each pattern is linear: bounded repetitions, no nesting. What an expression
 * fills in (`Bearer {{ … }}`) is no literal, and none of these matches braces.
 */
export const secretPatterns: readonly SecretPattern[] = [
  { what: 'an AWS access key', pattern: /(?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Z0-9])/ },
  { what: 'an API key (sk-…)', pattern: /(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{20,256}/ },
  { what: 'a Stripe key', pattern: /(?<![A-Za-z0-9])[rs]k_(?:live|test)_[A-Za-z0-9]{16,256}/ },
  {
    what: 'a GitHub token',
    pattern: /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{30,255})/,
  },
  { what: 'a GitLab token', pattern: /(?<![A-Za-z0-9])glpat-[A-Za-z0-9_-]{20,64}/ },
  { what: 'a Slack token', pattern: /(?<![A-Za-z0-9])xox[abeprs]-[A-Za-z0-9-]{10,256}/ },
  { what: 'a Google API key', pattern: /(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{35}/ },
  {
    what: 'a JSON Web Token',
    pattern: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,2048}\.eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,1024}/,
  },
  { what: 'a private key', pattern: /-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----/ },
  {
    what: 'a bearer token',
    pattern: /(?<![A-Za-z])Bearer\s{1,4}(?=[A-Za-z0-9._~+/=-]{0,255}\d)[A-Za-z0-9._~+/-]{16,512}/i,
  },
  {
    what: 'a user name with its password',
    pattern: /(?<![A-Za-z])Basic\s{1,4}(?=[A-Za-z0-9+/]{0,255}[a-z0-9][A-Z])[A-Za-z0-9+/]{12,512}={0,2}/,
  },
  { what: 'a password in a URL', pattern: /[a-z][a-z0-9+.-]{1,16}:\/\/[^\s/:@{}]{1,128}:[^\s/:@{}]{3,128}@/i },
  {
    what: 'a key in a URL',
    pattern:
      /[?&](?:api_?key|access_?token|auth_?token|token|password|secret|sig(?:nature)?)=[A-Za-z0-9._~+/%-]{16,512}/i,
  },
];

const TOKEN = /[A-Za-z0-9+/_=-]{32,}/g;
const MOST_TOKEN = 256;
/** Bits a character. Hexadecimal digests and UUIDs stay below 4, prose and names in code mostly below 4.2. */
const ENTROPY = 4.3;
/** Changes between kinds of characters, for each: of chance 0.6, of words written together mostly below 0.45. */
const CHANGES = 0.45;
/** Digits, for each character: of chance one in six; words written together have few. */
const DIGITS = 1 / 16;

/** What kind of secret a text holds, or null. */
export function secretIn(text: string): string | null {
  const pattern = secretPatterns.find((each) => each.pattern.test(text));
  if (pattern) return pattern.what;
  if (text.startsWith('data:')) return null; // a picture is no secret, however random it looks
  const random = [...text.matchAll(TOKEN)].some(([token]) => isRandom(token));
  return random ? 'a random token' : null;
}

const everywhere = secretPatterns.map(({ pattern }) => new RegExp(pattern, `${pattern.flags}g`));

/** The text with `…` for each secret in it: what may be told of what somebody wrote. */
export function withoutSecrets(text: string): string {
  const known = everywhere.reduce((rest, pattern) => rest.replaceAll(pattern, '…'), text);
  return known.replaceAll(TOKEN, (token) => (isRandom(token) ? '…' : token));
}

/** Long, of all kinds of characters, and without any order: nobody writes so but a generator of keys. */
function isRandom(token: string): boolean {
  if (token.length > MOST_TOKEN || token.split('/').length > 3) return false; // a document, or a path
  const kinds = [...token].map(kindOf);
  const changes = kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
  const digits = kinds.filter((kind) => kind === 'digit').length;
  if (!kinds.includes('small') || !kinds.includes('capital')) return false;
  const irregular = digits >= token.length * DIGITS && changes >= token.length * CHANGES;
  return irregular && entropyOf(token) >= ENTROPY;
}

function kindOf(character: string): 'small' | 'capital' | 'digit' | 'other' {
  if (/[a-z]/.test(character)) return 'small';
  if (/[A-Z]/.test(character)) return 'capital';
  return /\d/.test(character) ? 'digit' : 'other';
}

/** Shannon's, in bits a character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}
