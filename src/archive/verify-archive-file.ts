import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream';
import { referredPayloads } from '#engine';
import { executionStream, faultOf, genesis } from '#event-store';
import type { JsonObject } from '#plugin-sdk';
import {
  ArchiveRefused,
  toRecorded,
  type ArchivedEvent,
  type ArchivedHistory,
  type ArchivedPayload,
  type ArchiveEnd,
  type ArchiveLine,
} from './archive-format.js';

/** Told once more of each execution that has been verified. */
export type OnVerified = (execution: ArchivedHistory) => void;

/**
 * Verifies a file of archived executions by itself, without the log. Bounded memory. Throws `ArchiveRefused`.
 *
 * 1. It begins with what it is, and ends with its digest; nothing follows.
 * 2. Each history is a chain from its first event to the head that is named.
 * 3. What an event refers to is in the file, before it, to the byte.
 */
export async function verifyArchiveFile(file: string, onVerified: OnVerified = () => undefined): Promise<ArchiveEnd> {
  const check = new ArchiveCheck(file, onVerified);
  try {
    for await (const text of linesIn(file)) check.line(text);
  } catch (error) {
    if (error instanceof ArchiveRefused) throw error;
    throw new ArchiveRefused(`${file} cannot be read to its end (${(error as Error).message}).`);
  }
  return check.end();
}

class ArchiveCheck {
  private readonly digest = createHash('sha256');
  private readonly counts = { executions: 0, events: 0, payloads: 0 };
  private readonly payloads = new Set<string>();
  private begun = false;
  private ended: ArchiveEnd | null = null;
  private execution: ArchivedHistory | null = null;
  private seen = 0;
  private prev = '';

  constructor(
    private readonly file: string,
    private readonly onVerified: OnVerified,
  ) {}

  line(text: string): void {
    if (this.ended) throw this.refused('something follows its end'); // rule 1
    const line = JSON.parse(text) as ArchiveLine;
    if ('end' in line) return this.readEnd(line.end);
    this.digest.update(`${text}\n`);
    if (!this.begun) return this.begin(line);
    if ('execution' in line) this.beginExecution(line.execution);
    else if ('payload' in line) this.takePayload(line.payload);
    else if ('event' in line) this.takeEvent(line.event);
    else throw this.refused('it has a line of a kind that this version does not know');
  }

  end(): ArchiveEnd {
    if (!this.ended) throw this.refused('its end is missing'); // rule 1
    return this.ended;
  }

  private begin(line: ArchiveLine): void {
    if (!('archive' in line) || line.archive.format !== 'chatter-archive' || line.archive.version !== 1)
      throw this.refused('it is no file of archived executions that this version knows');
    this.begun = true;
  }

  private readEnd(end: ArchiveEnd): void {
    this.endExecution();
    if (!this.begun || this.digest.digest('hex') !== end.sha256) throw this.refused('its digest is another');
    const { executions, events, payloads } = this.counts;
    if (end.executions !== executions || end.events !== events || end.payloads !== payloads)
      throw this.refused('its end counts something else');
    this.ended = end;
  }

  private beginExecution(execution: ArchivedHistory): void {
    this.endExecution();
    this.execution = execution;
    this.seen = 0;
    this.prev = genesis(executionStream(execution.id));
    this.counts.executions += 1;
  }

  private endExecution(): void {
    if (!this.execution) return;
    const { id, events, head } = this.execution;
    if (this.seen !== events || this.prev !== head)
      throw this.refused(`the execution ${id} does not end with the event that is named`);
    this.onVerified(this.execution);
    this.execution = null;
  }

  private takePayload({ tenant, sha256, base64 }: ArchivedPayload): void {
    if (hash('sha256', Buffer.from(base64, 'base64'), 'hex') !== sha256)
      throw this.refused(`the stored value ${sha256} is not what was stored`);
    this.payloads.add(`${sha256}/${tenant}`);
    this.counts.payloads += 1;
  }

  private takeEvent(line: ArchivedEvent): void {
    if (!this.execution) throw this.refused('it has an event of no execution');
    const event = toRecorded(line);
    const { id } = this.execution;
    const reason = event.stream === executionStream(id) ? faultOf(event, BigInt(this.seen), this.prev) : 'hash';
    if (reason) throw this.refused(`the execution ${id}, event ${this.seen}: ${reason}`); // rule 2
    for (const sha256 of referredPayloads(event.type, JSON.parse(event.data) as JsonObject))
      if (!this.payloads.has(`${sha256}/${event.envelope.tenant}`))
        throw this.refused(`the execution ${id}, event ${this.seen}: payload_missing`); // rule 3
    this.prev = event.envelope.hash;
    this.seen += 1;
    this.counts.events += 1;
  }

  private refused(why: string): ArchiveRefused {
    return new ArchiveRefused(`${this.file} does not verify: ${why}.`);
  }
}

/** Of a line break alone: JSON may hold every other mark that separates lines. */
async function* linesIn(file: string): AsyncGenerator<string> {
  const bytes = pipeline(createReadStream(file), createGunzip(), () => undefined);
  const parts: string[] = [];
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of bytes) {
    const texts = decoder.decode(chunk as Buffer, { stream: true }).split('\n');
    for (const text of texts.slice(0, -1)) {
      yield parts.splice(0).join('') + text;
    }
    parts.push(texts.at(-1)!);
  }
  const rest = parts.join('');
  if (rest !== '') yield rest;
}
