import { Transform, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { tooLarge } from './failures.js';

/** A body may unpack to this many times what was sent, once it is larger than `RATIO_FROM` bytes. */
const MAX_RATIO = 100;
const RATIO_FROM = 65_536;

/** Encodings upon encodings are no service to anybody. */
const MAX_ENCODINGS = 2;

export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

export class UnreadableBody extends Error {}

export interface BodyRules {
  readonly place: string;
  readonly maxBytes: number;
  /** Value of `content-encoding`. */
  readonly encoding: string;
  /** Value of `content-type`: its charset is heeded where it is known; else UTF-8. */
  readonly type: string;
}

/** Reads a body as text and never holds more than allowed. Throws `too_large`, `UnreadableBody`, or what the stream does. */
export async function readBody(body: Readable, rules: BodyRules): Promise<string> {
  let received = 0;
  let size = 0;
  const chunks: Buffer[] = [];
  const count = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      received += chunk.length;
      next(null, chunk);
    },
  });
  for await (const chunk of unpacked(body, count, rules)) {
    size += (chunk as Buffer).length;
    if (size > rules.maxBytes || (size > RATIO_FROM && size > received * MAX_RATIO))
      throw tooLarge(rules.place, rules.maxBytes);
    chunks.push(chunk as Buffer);
  }
  return decoderOf(rules.type).decode(Buffer.concat(chunks));
}

/** The stream through its decoders; an error anywhere ends all of it. */
function unpacked(body: Readable, count: Transform, { encoding }: BodyRules): Readable {
  const stages = [count, ...decodersFor(body, encoding)];
  let from: Readable = body;
  for (const stage of stages) {
    const source = from;
    source.on('error', (error) => stage.destroy(error));
    stage.on('close', () => source.destroy());
    from = source.pipe(stage);
  }
  return from;
}

/** A body that nobody will read is ended, else its connection would wait for a reader. */
function decodersFor(body: Readable, encoding: string): Transform[] {
  try {
    return decodersOf(encoding);
  } catch (error) {
    body.on('error', () => undefined).destroy(); // ended early, it tells so as an error
    throw error;
  }
}

function decodersOf(encoding: string): Transform[] {
  const names = encoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length > MAX_ENCODINGS) throw new UnreadableBody('it is packed too many times');
  return names.reverse().map((name) => {
    const decoder = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
    if (decoder === undefined) throw new UnreadableBody('it is packed in a way that is not known here');
    return decoder();
  });
}

function decoderOf(type: string): InstanceType<typeof TextDecoder> {
  const label = /charset\s*=\s*"?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder();
  }
}
