import type { ExpectedRevision } from './event-store.js';

/** The stream is not where the writer believed it to be; nothing was written. */
export class WrongExpectedRevision extends Error {
  readonly code = 'wrong_expected_revision';
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    /** The last revision; null: the stream does not exist. */
    readonly actual: bigint | null,
  ) {
    super(
      `The stream ${stream} was expected at ${expected}, and is ${actual === null ? 'not there' : `at ${actual}`}.`,
    );
  }
}

/** The stream was ended by a tombstone: nothing of it is in the log any more, and nothing can be added. */
export class StreamGone extends Error {
  readonly code = 'stream_gone';
  constructor(readonly stream: string) {
    super(`The stream ${stream} is gone: it was archived.`);
  }
}

/** The store does not answer. Whether an append took place is unknown until the stream is read. */
export class StoreUnavailable extends Error {
  readonly code = 'store_unavailable';
}

/** There is no room for another event. Nothing was written; reading goes on. */
export class StorageFull extends Error {
  readonly code = 'storage_full';
}

/** What is stored cannot be read: the file is damaged. */
export class StoreDamaged extends Error {
  readonly code = 'store_damaged';
}

export class StoreClosed extends Error {
  readonly code = 'store_closed';
  constructor() {
    super('The event store is closed.');
  }
}

/** Another process works in this directory. */
export class DirectoryLocked extends Error {
  readonly code = 'directory_locked';
}

export class PayloadTooLarge extends Error {
  readonly code = 'payload_too_large';
  constructor(
    readonly size: number,
    readonly limit: number,
  ) {
    super(`A value of ${size} bytes is over the limit of ${limit} bytes.`);
  }
}

/** A stored value that an event refers to is missing, or is not what was stored. */
export class PayloadDamaged extends Error {
  constructor(
    readonly code: 'payload_missing' | 'payload_digest',
    readonly sha256: string,
  ) {
    super(
      code === 'payload_missing'
        ? `The stored value ${sha256} is missing.`
        : `The stored value ${sha256} is not what was stored.`,
    );
  }
}

/** An event that this version cannot read: of a type or schema newer than it knows. */
export class UnreadableEvent extends Error {
  readonly code = 'unreadable_event';
}
