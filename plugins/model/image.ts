import { type ModelImage, NodeFailure } from '@chatter/plugin-sdk';
import type { ModelImageConfig } from './model.config.js';

const TYPES: readonly string[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const MIB = 1024 * 1024;
const MOST_OF_ONE = 5 * MIB;
const MOST_OF_ALL = 10 * MIB;

const DATA_URL = /^data:([a-z]+\/[a-z.+-]+);base64,/i;

/** Images as they are sent. Throws `invalid_image`: one that is none, or more than models take. */
export function imagesOf(images: readonly ModelImageConfig[]): ModelImage[] {
  const read = images.map(imageOf);
  const bytes = read.reduce((sum, { data }) => sum + bytesIn(data), 0);
  if (bytes > MOST_OF_ALL) throw invalid(`Together they have ${bytes} bytes; at most ${MOST_OF_ALL} are sent.`);
  return read;
}

function imageOf({ data: given, mime: named }: ModelImageConfig): ModelImage {
  const url = DATA_URL.exec(given);
  const mime = (url?.[1] ?? named ?? '').toLowerCase();
  const data = given.slice(url?.[0].length ?? 0).replace(/\s+/g, '');
  if (!TYPES.includes(mime)) throw invalid(`It is of the type "${mime}". Set mime to one of ${TYPES.join(', ')}.`);
  const bytes = bytesIn(data);
  if (bytes > MOST_OF_ONE) throw invalid(`It has ${bytes} bytes; at most ${MOST_OF_ONE} are sent.`);
  if (!isBase64(data)) throw invalid('Its data is no base64. An address is not fetched here.');
  return { mime, data };
}

/** Looks for one character that is wrong: an expression over megabytes as a whole can be more than the stack holds. */
function isBase64(data: string): boolean {
  const end = data.indexOf('=');
  return data !== '' && !/[^A-Za-z0-9+/=]/.test(data) && (end < 0 || /^={1,2}$/.test(data.slice(end, end + 3)));
}

const bytesIn = (base64: string): number => Math.floor((base64.length * 3) / 4);

const invalid = (why: string): NodeFailure =>
  new NodeFailure({ code: 'invalid_image', message: `An image cannot be shown to the model. ${why}` });
