const months = 'January February March April May June July August September October November December'.split(' ');
const days = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** Minutes east of UTC of 'Z', 'UTC' or '+02:00'; null for anything else. */
export function offsetMinutes(offset: string): number | null {
  if (/^(?:[Zz]|UTC)$/.test(offset)) return 0;
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(offset) ?? [];
  return sign === undefined ? null : (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
}

const two = (value: number) => String(value).padStart(2, '0');
const half = (hour: number) => hour % 12 || 12;

const fields: Record<string, (date: Date, offset: number) => string> = {
  yyyy: (date) => String(date.getUTCFullYear()).padStart(4, '0'),
  yy: (date) => two(date.getUTCFullYear() % 100),
  MMMM: (date) => months[date.getUTCMonth()]!,
  MMM: (date) => months[date.getUTCMonth()]!.slice(0, 3),
  MM: (date) => two(date.getUTCMonth() + 1),
  M: (date) => String(date.getUTCMonth() + 1),
  dd: (date) => two(date.getUTCDate()),
  d: (date) => String(date.getUTCDate()),
  EEEE: (date) => days[date.getUTCDay()]!,
  EEE: (date) => days[date.getUTCDay()]!.slice(0, 3),
  HH: (date) => two(date.getUTCHours()),
  H: (date) => String(date.getUTCHours()),
  hh: (date) => two(half(date.getUTCHours())),
  h: (date) => String(half(date.getUTCHours())),
  mm: (date) => two(date.getUTCMinutes()),
  m: (date) => String(date.getUTCMinutes()),
  ss: (date) => two(date.getUTCSeconds()),
  s: (date) => String(date.getUTCSeconds()),
  SSS: (date) => String(date.getUTCMilliseconds()).padStart(3, '0'),
  a: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  Z: (_date, offset) =>
    offset === 0
      ? 'Z'
      : `${offset < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`,
};

/** Letters of one kind, words in quotes (two quotes are one), 'T' between date and time, and all that is no letter. */
const tokens = /'((?:[^']|'')*)'|([A-SU-Za-z])\2*|[^A-SU-Za-z']/g;

/** The text of a local time after a pattern; null where the pattern has letters that mean nothing. English, whatever the host's language. */
export function formatted(localMs: number, pattern: string, offset: number): string | null {
  const date = new Date(localMs);
  let text = '';
  let read = 0;
  for (const [token, quoted, letter] of pattern.matchAll(tokens)) {
    read += token.length;
    if (quoted !== undefined) text += quoted === '' ? "'" : quoted.replaceAll("''", "'");
    else if (letter === undefined) text += token;
    else if (Object.hasOwn(fields, token)) text += fields[token]!(date, offset);
    else return null;
  }
  return read === pattern.length ? text : null;
}
