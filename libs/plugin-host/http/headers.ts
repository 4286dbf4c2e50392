import { NodeFailure } from '#plugin-sdk';

/** Set by the client itself: who sets them by hand can smuggle a second request. */
const ours = new Set(['host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'te', 'trailer', 'expect']);

const name = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const value = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The headers of a request, lower-cased; refused where they could say something else than they seem to. */
export function checkedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked: Record<string, string> = {};
  for (const [key, text] of Object.entries(headers)) {
    if (!name.test(key)) throw invalid(`"${key}" is not a header name.`);
    if (ours.has(key.toLowerCase())) throw invalid(`The header ${key} is set by the client itself. Leave it out.`);
    if (!value.test(text)) throw invalid(`The header ${key} holds a line break or another character that no header can have.`);
    checked[key.toLowerCase()] = text;
  }
  return checked;
}

const invalid = (message: string): NodeFailure => new NodeFailure({ code: 'invalid_header', message });
