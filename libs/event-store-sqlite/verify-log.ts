import { hash } from 'node:crypto';
import { verifyChain, type ChainFault, type RecordedEvent } from '#event-store';
import { LogReader } from './reader.js';

/** What an event refers to beside the log, by SHA-256. */
export type Referred = (type: string, data: Readonly<Record<string, unknown>>) => readonly string[];

export interface LogFault {
  readonly stream: string;
  readonly revision: number;
  readonly reason: ChainFault | 'payload_missing' | 'payload_digest';
}

export interface LogReport {
  readonly streams: number;
  readonly events: number;
  /** The first of each stream. */
  readonly faults: readonly LogFault[];
}

export interface VerifyLogOptions {
  /** An `events.db`, or a backup: nobody who writes to it is disturbed. */
  readonly file: string;
  /** Default: all. */
  readonly streams?: Iterable<string>;
  readonly referred: Referred;
}

const streamsPerPage = 1_000;

/** Verifies chain by chain, and that whatever an event refers to is there, to the byte. Bounded memory. */
export async function verifyLog({ file, streams, referred }: VerifyLogOptions): Promise<LogReport> {
  const reader = new LogReader(file);
  try {
    const payloads = new PayloadCheck(reader);
    const report = { streams: 0, events: 0, faults: [] as LogFault[] };
    for (const stream of streams ?? streamsIn(reader)) {
      const { events, fault } = await verifyStream(reader, stream, payloads, referred);
      report.streams += 1;
      report.events += events;
      if (fault) report.faults.push(fault);
    }
    return report;
  } finally {
    reader.close();
  }
}

async function verifyStream(reader: LogReader, stream: string, payloads: PayloadCheck, referred: Referred) {
  let missing: LogFault | null = null;
  const look = ({ type, data, envelope, revision }: RecordedEvent): void => {
    const reason = payloads.faultOf(envelope.tenant, referredIn(type, data, referred));
    if (reason) missing ??= { stream, revision: Number(revision), reason };
  };
  const { events, first_bad } = await verifyChain(stream, seenBy(look, reader.readStream(stream)));
  return { events, fault: first_bad ? { stream, ...first_bad } : (missing as LogFault | null) };
}

async function* seenBy(look: (event: RecordedEvent) => void, events: AsyncIterable<RecordedEvent>) {
  for await (const event of events) {
    look(event);
    yield event;
  }
}

/** What cannot be read refers to nothing: its chain says what is wrong. */
function referredIn(type: string, data: string, referred: Referred): readonly string[] {
  try {
    return referred(type, JSON.parse(data) as Record<string, unknown>);
  } catch {
    return [];
  }
}

function* streamsIn(reader: LogReader): Iterable<string> {
  const page = reader.query<{ id: number; name: string }>(
    'SELECT id, name FROM streams s WHERE id > ? AND EXISTS (SELECT 1 FROM events e WHERE e.stream_id = s.id) ORDER BY id LIMIT ?',
  );
  for (let after = 0; ;) {
    const rows = page(after, streamsPerPage);
    yield* rows.map(({ name }) => name);
    if (rows.length < streamsPerPage) return;
    after = rows.at(-1)!.id;
  }
}

const mostKnown = 10_000;

class PayloadCheck {
  private readonly bytes;
  /** What many refer to is looked at once, such as a graph. */
  private readonly known = new Map<string, 'payload_missing' | 'payload_digest' | null>();

  constructor(reader: LogReader) {
    this.bytes = reader.query<{ readonly bytes: Uint8Array }>(
      'SELECT bytes FROM payloads WHERE tenant = ? AND sha256 = ?',
    );
  }

  faultOf(tenant: string, digests: readonly string[]): 'payload_missing' | 'payload_digest' | null {
    for (const sha256 of digests) {
      const fault = this.one(tenant, sha256);
      if (fault) return fault;
    }
    return null;
  }

  private one(tenant: string, sha256: string): 'payload_missing' | 'payload_digest' | null {
    const key = `${sha256}/${tenant}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const bytes = this.bytes(tenant, sha256)[0]?.bytes;
    const fault = !bytes ? 'payload_missing' : hash('sha256', bytes, 'hex') === sha256 ? null : 'payload_digest';
    if (this.known.size >= mostKnown) this.known.clear();
    this.known.set(key, fault);
    return fault;
  }
}
