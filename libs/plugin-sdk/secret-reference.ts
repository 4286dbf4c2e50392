/**
 * How a config refers to a secret: a text that stands for the secret's value until the request is sent. It begins with a
 * character of the private use area; that what holds it came of the graph, and not of data, is the engine's to see to.
 */
export type SecretKind = 'secret' | 'basic';

const open = '\uE000';
const close = '\uE001';

/** Stands for the value of a secret. `basic`: for the credentials of HTTP basic authentication, with that user name. */
export const secretReference = (name: string, basicUser?: string): string =>
  basicUser === undefined
    ? `${open}secret:${name}${close}`
    : `${open}basic:${name}:${encodeURIComponent(basicUser)}${close}`;

/** A reference in a text, in full: kind, name, and the user name of `basic`. */
export const secretReferences = (): RegExp =>
  /\uE000(secret|basic):([a-z][a-z0-9_]{0,63})(?::([^\uE000\uE001]*))?\uE001/g;

export const mentionsSecret = (text: string): boolean => text.includes(open);
