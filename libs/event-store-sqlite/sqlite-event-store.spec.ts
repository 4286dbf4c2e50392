import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { describeEventStore, type OpenedStore } from '#event-store/testing';
import { openSqliteEventStore } from './index.js';

const root = mkdtempSync(join(tmpdir(), 'event-store-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function opened(dir: string): Promise<OpenedStore> {
  const log = await openSqliteEventStore({ dir });
  const reopen = async () => {
    await log.close();
    return opened(dir);
  };
  return { store: log.store, openExecutions: log.openExecutions, payloads: log.payloads, reopen, close: log.close };
}

describeEventStore('SQLite', () => opened(mkdtempSync(join(root, 'log-'))));
