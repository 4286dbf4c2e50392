export type IdPrefix = 'exec' | 'wf' | 'tpl' | 'conv' | 'msg' | 'appr' | 'doc' | 'key' | 'usr';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** `exec_<uuid>`: how an id is written on the wire. */
export const prefixed = (prefix: IdPrefix, id: string): string => `${prefix}_${id}`;

/** The UUID of an id with this prefix; null for every other text: such an id cannot exist. */
export function uuidIn(prefix: IdPrefix, id: string): string | null {
  const bare = id.startsWith(`${prefix}_`) ? id.slice(prefix.length + 1) : '';
  return uuid.test(bare) ? bare : null;
}
