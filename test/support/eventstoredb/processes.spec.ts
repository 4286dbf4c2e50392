import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';

import { EventStoreDbProcess, EventStoreDbServer } from './index.js';
import { counted, numbers, read } from './reading.js';

const run = promisify(execFile);

describe('the server in a process of its own', () => {
  let folder: string;
  let server: EventStoreDbProcess;
  let client: EventStoreDBClient;

  const start = async (port?: number): Promise<void> => {
    server = await EventStoreDbProcess.start({ file: join(folder, 'log.db'), ...(port && { port }) });
    client = EventStoreDBClient.connectionString(server.url);
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'esdb-process-'));
    await start();
  });

  afterEach(async () => {
    await client.dispose();
    await server.signal();
    await rm(folder, { recursive: true });
  });

  const here = async (): Promise<number[]> => numbers(await read(client.readStream('here-1')));

  it('has after a kill what it had answered for', async () => {
    await client.appendToStream('here-1', counted(1), { expectedRevision: 'no_stream' });
    const { port } = server;
    await server.signal('SIGKILL');
    await expect(here()).rejects.toMatchObject({ type: 'unavailable' });
    await client.dispose();
    await start(port);
    expect(server.port).toBe(port);
    expect(await here()).toEqual([1]);
  });

  it('answers nothing while it is stopped, and goes on after', async () => {
    await client.appendToStream('here-1', counted(1), { expectedRevision: 'no_stream' });
    await server.signal('SIGSTOP');
    const credentials = { username: 'any', password: '' }; // so that it goes by itself, with a deadline of its own
    await expect(
      client.appendToStream('here-1', counted(2), { expectedRevision: 0n, deadline: 100, credentials }),
    ).rejects.toMatchObject({ type: 'deadline-exceeded' });
    await server.signal('SIGCONT');
    expect((await here())[0]).toBe(1);
  });

  it('makes the faults that are asked of it', async () => {
    await client.appendToStream('here-1', counted(1), { expectedRevision: 'no_stream' });
    server.fault('loseNextAnswer');
    const lost = async (n: number): Promise<unknown> =>
      client.appendToStream('here-1', counted(n), { expectedRevision: BigInt(n - 1) }).catch((error: unknown) => error);
    let n = 1;
    while (!((await lost(n)) instanceof Error)) n += 1; // the order and an append go by different ways
    expect(await here()).toHaveLength(n + 1);
  });

  it('says why it could not start', async () => {
    await expect(EventStoreDbProcess.start({ port: server.port })).rejects.toThrow('EADDRINUSE');
  });
});

describe('another client, in a process of its own', () => {
  it('finds the same server', async () => {
    const server = await EventStoreDbServer.start();
    try {
      const script = join(import.meta.dirname, 'kurrent-client.mjs');
      const { stdout } = await run(process.execPath, [script, server.url], { timeout: 50_000 });
      const conflict = { type: 'wrong-expected-version', wrong: true };
      expect(JSON.parse(stdout)).toEqual({
        appended: { success: true, next: '1' },
        conflict: { ...conflict, actual: '1' },
        stale: { ...conflict, actual: '1' },
        repeated: true,
        forwards: ['kurrent-1@0:1', 'kurrent-1@1:2', 'kurrent-1@2:3'],
        metadata: { by: 'kurrent' },
        backwards: ['kurrent-1@2:3', 'kurrent-1@1:2'],
        missing: { type: 'stream-not-found', wrong: false },
        streamed: ['kurrent-1@1:2', 'kurrent-1@2:3', 'kurrent-1@3:4'],
        followed: ['kurrent-1@0:1', 'kurrent-1@1:2', 'kurrent-1@2:3', 'kurrent-1@3:4', 'kurrent-2@0:1'],
        all: ['kurrent-1@0:1', 'kurrent-1@1:2', 'kurrent-1@2:3', 'kurrent-1@3:4', 'kurrent-2@0:1'],
        last: ['kurrent-2@0:1'],
        deleted: { type: 'stream-not-found', wrong: false },
        tombstoned: { type: 'stream-deleted', wrong: false },
        closed: { type: 'stream-deleted', wrong: false },
      });
    } finally {
      await server.stop();
    }
  });
});
