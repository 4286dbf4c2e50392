const unsureIds = /\bnodes\s*\.\s*((?:\d[\w-]*|\w+(?:-\w*)+))/;

/** A node id that is no identifier reads as a subtraction. Gives what to write instead, or nothing. */
export function nodeIdHint(source: string): string {
  const id = unsureIds.exec(source)?.[1];
  return id === undefined ? '' : ` A node id that is no identifier is written in brackets: nodes['${id}'].output.`;
}

const oldComparisons: Record<string, (variable: string, value: string) => string> = {
  equals: (variable, value) => `${variable} == ${value}`,
  not_equals: (variable, value) => `${variable} != ${value}`,
  greater_than: (variable, value) => `${variable} > ${value}`,
  less_than: (variable, value) => `${variable} < ${value}`,
  contains: (variable, value) => `${variable}.contains(${value})`,
  exists: (variable) => `has(${variable})`,
};

const oldWords: Record<string, string> = {
  has_tool_calls: 'size(incoming.tool_calls) > 0',
  no_tool_calls: 'size(incoming.tool_calls) == 0',
  has_error: 'has(error.code)',
  has_context: "has(incoming.context) && incoming.context != ''",
  always: 'true',
  never: 'false',
};

const oldComparison = /^variable\s+([\w.]+)\s+(?:is\s+)?(\w+)(?:\s+(.+))?$/s;

/** The CEL for a condition in the old system's own grammar; null for anything else. */
export function celForOldCondition(source: string): string | null {
  const text = source.trim();
  if (Object.hasOwn(oldWords, text)) return oldWords[text]!;
  const [, variable = '', word = '', value = ''] = oldComparison.exec(text) ?? [];
  if (!Object.hasOwn(oldComparisons, word)) return null;
  return oldComparisons[word]!(`variables.${variable}`, celLiteral(value.trim()));
}

function celLiteral(value: string): string {
  if (/^(?:-?\d+(?:\.\d+)?|true|false|null|'[^']*'|"[^"]*")$/.test(value)) return value;
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

const foreignNames: Record<string, string> = {
  length: 'size',
  len: 'size',
  count: 'size',
  toUpperCase: 'upper',
  uppercase: 'upper',
  upperAscii: 'upper',
  toLowerCase: 'lower',
  lowercase: 'lower',
  lowerAscii: 'lower',
  includes: 'contains',
  indexOf: 'contains',
  parseInt: 'int',
  parseFloat: 'double',
  number: 'double',
  str: 'string',
  toString: 'string',
  stringify: 'json',
  to_json: 'json',
  from_json: 'parse_json',
  unique: 'distinct',
  avg: 'sum',
  average: 'sum',
  ceiling: 'ceil',
  starts_with: 'startsWith',
  ends_with: 'endsWith',
  replaceAll: 'replace',
  coalesce: 'default',
};

/** ' Did you mean …?' for a function that is not there, or nothing. */
export function functionHint(name: string, known: Iterable<string>): string {
  if (name === 'now') return ' Nothing reads the clock: execution.started_at is the time there is.';
  if (Object.hasOwn(foreignNames, name)) return ` Did you mean ${foreignNames[name]}()?`;
  const folded = name.replaceAll('_', '').toLowerCase();
  for (const other of known) if (other.replaceAll('_', '').toLowerCase() === folded) return ` Did you mean ${other}()?`;
  return '';
}
