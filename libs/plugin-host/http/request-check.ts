import type { HttpRequest } from '#plugin-sdk';
import { invalidHeader, invalidMethod, invalidUrl } from './failures.js';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Tab, and what can be seen or sent as one byte; no line break ever. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Headers that say how the message is framed or routed: they are the client's own. */
const OURS = [
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

const NO_METHODS = ['CONNECT', 'TRACE', 'TRACK'];

/** Reads an address to send to: http or https, and no credentials in it. Throws `invalid_url`. */
export function urlOf(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw invalidUrl('The URL cannot be read. Write it whole, as in "https://example.com/path".');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw invalidUrl(`The URL begins with "${url.protocol}". Only http: and https: are sent.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw invalidUrl('The URL carries a user name or a password. Put them into auth.');
  }
  return url;
}

/** The port of a URL as a number, also where it is left out. */
export const portOf = ({ port, protocol }: Pick<URL, 'port' | 'protocol'>): number =>
  Number(port) || (protocol === 'https:' ? 443 : 80);

/** A method that may be sent, in upper case. Throws `invalid_method`. */
export function methodOf({ method }: Pick<HttpRequest, 'method'>): string {
  const name = method.toUpperCase();
  if (!TOKEN.test(name) || NO_METHODS.includes(name)) throw invalidMethod('The method is none that may be sent.');
  return name;
}

/** Headers by their lower-case names, none of which changes where or how the request is sent. Throws `invalid_header`. */
export function headersOf({ headers }: Pick<HttpRequest, 'headers'>): Record<string, string> {
  const checked: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    if (!TOKEN.test(name)) throw invalidHeader(`${JSON.stringify(name)} is no name of a header.`);
    if (OURS.includes(key)) throw invalidHeader(`The header "${key}" is set by the client itself. Leave it out.`);
    if (!HEADER_VALUE.test(value))
      throw invalidHeader(
        `The value of the header "${key}" holds a line break or another sign that no header may hold.`,
      );
    if (key in checked) throw invalidHeader(`The header "${key}" is given twice.`);
    checked[key] = value;
  }
  return checked;
}
