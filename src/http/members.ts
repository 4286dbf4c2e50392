import { Problem, type ProblemItem } from './problem.js';

/** What a member must be; with `?` it may be left out or null. */
export type MemberKind =
  | 'text'
  | 'text?'
  | 'flag?'
  | 'count?'
  | 'integer?'
  | 'number'
  | 'number?'
  | 'amount?'
  | 'object'
  | 'object?'
  | 'list'
  | 'list'
  | 'list?'
  | 'texts?'
  | 'instant?'
  | 'any?';
export type Members = Readonly<Record<string, MemberKind>>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const kinds: Record<string, { readonly says: string; readonly is: (value: unknown) => boolean }> = {
  text: { says: 'text', is: (value) => typeof value === 'string' },
  flag: { says: 'true or false', is: (value) => typeof value === 'boolean' },
  count: { says: 'a whole number of at least 1', is: (value) => Number.isSafeInteger(value) && (value as number) >= 1 },
  integer: { says: 'a whole number', is: (value) => Number.isSafeInteger(value) },
  number: { says: 'a number', is: (value) => typeof value === 'number' },
  amount: { says: 'a number of at least 0', is: (value) => typeof value === 'number' && value >= 0 },
  object: { says: 'an object', is: isObject },
  any: { says: 'anything', is: () => true },
  list: { says: 'a list', is: Array.isArray },
  texts: {
    says: 'a list of texts',
    is: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  },
  instant: {
    says: 'a time as RFC 3339 in UTC',
    is: (value) =>
      typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value)),
  },
};

/** The members of an object that are there and not null; every fault is added to `faults` with its place. */
export function readMembers(
  value: unknown,
  members: Members,
  path: string,
  faults: ProblemItem[],
): Record<string, unknown> {
  const fault = (rule: string, at: string, message: string) =>
    void faults.push({ rule, message, path: at, severity: 'error' });
  const read: Record<string, unknown> = {};
  if (!isObject(value)) {
    fault('request.type', path, `${path || 'The body'} must be an object.`);
    return read;
  }
  for (const [name, given] of Object.entries(value)) {
    const kind = Object.hasOwn(members, name) ? members[name] : undefined;
    if (kind === undefined) fault('request.unknown_key', `${path}/${name}`, unknownKey(name, Object.keys(members)));
    else if (given !== null) {
      const { says, is } = kinds[kind.replace('?', '')]!;
      if (is(given)) read[name] = given;
      else fault('request.type', `${path}/${name}`, `${path}/${name} must be ${says}.`);
    }
  }
  for (const [name, kind] of Object.entries(members)) {
    if (!kind.endsWith('?') && read[name] === undefined && !faults.some((each) => each.path === `${path}/${name}`)) {
      fault('request.required', `${path}/${name}`, `${path}/${name} is missing.`);
    }
  }
  return read;
}

/** A body's members. Throws the problem that names every fault. */
export function readBody(body: unknown, members: Members): Record<string, unknown> {
  const faults: ProblemItem[] = [];
  const read = readMembers(body ?? {}, members, '', faults);
  if (faults.length > 0) throw new Problem('invalid_request', faults[0]!.message, { errors: faults });
  return read;
}

function unknownKey(name: string, known: readonly string[]): string {
  const nearest = known
    .map((each) => [distance(name.toLowerCase(), each), each] as const)
    .sort(([left], [right]) => left - right)[0];
  const guess = nearest && nearest[0] <= 2 ? ` Did you mean "${nearest[1]}"?` : ` Known are: ${known.join(', ')}.`;
  return `"${name}" is not known here.${guess}`;
}

/** Edits between two words (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const swap = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
