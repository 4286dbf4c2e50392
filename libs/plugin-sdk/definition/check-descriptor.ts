import type { NodeDescriptor } from '../descriptor.js';

const TYPE = /^[a-z][a-z0-9_]{0,63}$/;
const PORT = /^[A-Za-z0-9_-]{1,64}$/;
const TAKEN: readonly string[] = ['in', 'back', 'error'];
const KINDS: readonly string[] = ['task', 'scope', 'join', 'wait'];
const EFFECTS: readonly string[] = ['none', 'read', 'write', 'wait'];
const CATEGORIES: readonly string[] = ['control', 'data', 'model', 'integration', 'time', 'human', 'trigger'];

/**
 * What is wrong with a descriptor, for its author; null for nothing. Takes anything: an outside plugin need not have
 * been compiled against these types.
 *
 * 1. Type and version name it.
 * 2. Kind, category and effects are words that the engine knows.
 * 3. Ports have names of their own; a scope's body is entered through one of them.
 * 4. The port of those who agreed is one of them.
 * 5. Joins, scopes and waits are pure: no effects but `none`, or `wait` for a wait.
 */
export function problemOfDescriptor(descriptor: NodeDescriptor): string | null {
  return (
    problemOfName(descriptor) ??
    problemOfWords(descriptor) ??
    problemOfPorts(descriptor) ??
    problemOfConsent(descriptor) ??
    problemOfKind(descriptor)
  );
}

/** Rule 1. */
function problemOfName({ type, version, label }: NodeDescriptor): string | null {
  if (typeof type !== 'string' || !TYPE.test(type)) {
    return `its type is ${quoted(type)}. Write it in snake case, at most 64 characters: http_request.`;
  }
  if (!Number.isSafeInteger(version) || version < 1)
    return `its version is ${quoted(version)}. Write a whole number from 1.`;
  return typeof label === 'string' && label !== ''
    ? null
    : 'it has no label. Say in a word or two what the editor calls it.';
}

/** Rule 2. */
function problemOfWords(descriptor: NodeDescriptor): string | null {
  return problemOfEffects(descriptor) ?? problemOfIdempotent(descriptor);
}

function problemOfEffects({ kind, category, effects }: NodeDescriptor): string | null {
  if (!KINDS.includes(kind)) return oneOf('kind', kind, KINDS);
  if (!CATEGORIES.includes(category)) return oneOf('category', category, CATEGORIES);
  if (typeof effects === 'string') return EFFECTS.includes(effects) ? null : oneOf('effects', effects, EFFECTS);
  const { by, read, readIf } = effects ?? {};
  if (!isPointer(by) || !Array.isArray(read) || (readIf !== undefined && !isPointer(readIf))) {
    return `its effects are ${quoted(effects)}. Write one of ${EFFECTS.join(', ')}, or {by: '/method', read: ['GET'], else: 'write'}.`;
  }
  return effects.else === 'write'
    ? null
    : `its effects end in else: ${quoted(effects.else)}. Only "write" is safe to assume there.`;
}

function problemOfIdempotent({ idempotent }: NodeDescriptor): string | null {
  if (typeof idempotent === 'boolean') return null;
  const { by, among } = idempotent ?? {};
  return isPointer(by) && Array.isArray(among)
    ? null
    : `its idempotent is ${quoted(idempotent)}. Write true, false, or {by: '/method', among: ['PUT']}.`;
}

/** Rule 3. */
function problemOfPorts({ ports, bodyPort, kind }: NodeDescriptor): string | null {
  if (!Array.isArray(ports)) return 'it has no ports. List its ways out, [] for an end.';
  for (const [index, port] of ports.entries()) {
    if (isPointer((port as Partial<{ from: string }> | null)?.from)) continue;
    const name = nameOfPort(port);
    if (name === null)
      return `its port ${index} is ${quoted(port)}. Write a name, {from: '/cases/*/name'}, or {name: 'rest', if: '/keep', is: true}.`;
    if (!PORT.test(name)) return `its port ${quoted(name)} is no name. Use up to 64 letters, digits, _ and -.`;
    if (TAKEN.includes(name)) return `its port "${name}" has a taken name (${TAKEN.join(', ')}). Choose another.`;
    if (ports.findIndex((other) => nameOfPort(other) === name) !== index) return `its port "${name}" stands twice.`;
  }
  if (kind === 'scope' && !ports.includes(bodyPort ?? ''))
    return 'it is a scope, but its bodyPort is none of its ports.';
  return kind !== 'scope' && bodyPort !== undefined
    ? `it has a bodyPort, but is a ${kind}: only scopes have a body.`
    : null;
}

function nameOfPort(port: NodeDescriptor['ports'][number] | null): string | null {
  if (typeof port === 'string') return port;
  if (typeof port !== 'object' || port === null || !('name' in port)) return null;
  return isPointer(port.if) && port.is !== undefined ? String(port.name) : null;
}

/** Rule 4. */
function problemOfConsent({ ports, consent }: NodeDescriptor): string | null {
  if (consent === undefined) return null;
  if (!ports.includes(consent?.port))
    return 'its consent names a port that it has not. Write {port: one of its ports}.';
  return consent.unless === undefined || isPointer(consent.unless?.at)
    ? null
    : "its consent ends in an unless without a pointer. Write {at: '/on_expire', is: 'approved'}.";
}

/** Rule 5. */
function problemOfKind({ kind, effects }: NodeDescriptor): string | null {
  if (kind === 'wait') return effects === 'wait' ? null : 'it is a wait: its effects are "wait".';
  if (kind !== 'task')
    return effects === 'none' ? null : `it is a ${kind}, which decides and does nothing else: its effects are "none".`;
  return effects === 'wait' ? 'it is a task, which may not wait: use kind "wait", or other effects.' : null;
}

const isPointer = (value: unknown): boolean => typeof value === 'string' && value.startsWith('/');
const quoted = (value: unknown): string => JSON.stringify(value) ?? String(value);
const oneOf = (what: string, value: unknown, words: readonly string[]): string =>
  `its ${what} is ${quoted(value)}. Choose one of ${words.join(', ')}.`;
