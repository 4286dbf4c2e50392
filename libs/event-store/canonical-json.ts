import canonicalize from 'canonicalize';

/**
 * Canonical JSON (RFC 8785): what is hashed, and what is stored. Values whose keys are in order already, as our own data
 * is built, cost one walk and one `JSON.stringify`; all others go through the library.
 */
export function canonicalJson(value: unknown): string {
  if (isInOrder(value)) return JSON.stringify(value);
  const text = canonicalize(value);
  if (text === undefined) throw new Error('Only JSON values have a canonical form.');
  return text;
}

/** Whether `JSON.stringify` gives the canonical form: keys ascend by UTF-16 code units, nothing is undefined, strings are whole. */
function isInOrder(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed();
    case 'number':
      return Number.isFinite(value);
    case 'boolean':
      return true;
    case 'object':
      return (
        value === null ||
        (Array.isArray(value) ? value.every(isInOrder) : isObjectInOrder(value as Record<string, unknown>))
      );
    default:
      return false;
  }
}

function isObjectInOrder(object: Record<string, unknown>): boolean {
  if ('toJSON' in object) return false;
  let before: string | null = null;
  for (const key in object) {
    if (before !== null && key <= before) return false;
    if (!key.isWellFormed() || !isInOrder(object[key])) return false;
    before = key;
  }
  return true;
}
