import { didYouMean } from './did-you-mean.js';

/** Something about one place of a graph as it was sent. `path`: JSON pointer, `/nodes/3/data`. */
export interface GraphNote {
  readonly path: string;
  readonly message: string;
  readonly node_id?: string;
  readonly edge_id?: string;
}

/** What reading has found so far. */
export interface ReadingNotes {
  readonly malformed: GraphNote[];
  readonly aliases: GraphNote[];
  readonly dropped: string[];
}

export type Members = Readonly<Record<string, unknown>>;

/** What canvases add to nodes and edges for their own use: dropped without a word. */
const CANVAS_KEYS: ReadonlySet<string> = new Set([
  'selected',
  'dragging',
  'measured',
  'width',
  'height',
  'positionAbsolute',
  'nodeType',
]);

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const snakeCase = (name: string): string => name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, '_$&').toLowerCase();

/** What an object of the graph may have, and where a key that stands at the wrong place belongs. */
export interface KnownKeys {
  readonly keys: readonly string[];
  readonly canvas?: readonly string[];
  readonly elsewhere?: Readonly<Record<string, string>>;
}

/**
 * The members of one object of the graph by their names of today.
 *
 * 1. A camelCase key is read as the snake_case one, unless that stands there too.
 * 2. What a canvas added is dropped.
 * 3. Any other unknown key is malformed; the message says which was meant.
 */
export function membersOf(object: Members, path: string, known: KnownKeys, notes: ReadingNotes): Members {
  const read: [string, unknown][] = [];
  for (const [key, value] of Object.entries(object)) {
    const today = snakeCase(key);
    if (known.keys.includes(key)) read.push([key, value]);
    else if (CANVAS_KEYS.has(key) || known.canvas?.includes(key))
      notes.dropped.push(`${path}/${key}`); // rule 2
    else if (known.keys.includes(today) && !Object.hasOwn(object, today)) {
      notes.aliases.push({
        path: `${path}/${pointerPart(key)}`,
        message: `"${key}" is read as "${today}". Write "${today}".`,
      });
      read.push([today, value]); // rule 1
    } else notes.malformed.push({ path: `${path}/${pointerPart(key)}`, message: unknownKey(key, known) }); // rule 3
  }
  return Object.fromEntries(read);
}

function unknownKey(key: string, { keys, elsewhere = {} }: KnownKeys): string {
  const shown = key.slice(0, 64).toWellFormed();
  const place = Object.hasOwn(elsewhere, key) ? ` It belongs in "${elsewhere[key]}".` : didYouMean(key, keys);
  return `"${shown}" is no key here.${place} There is ${keys.join(', ')}.`;
}

export const pointerPart = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
