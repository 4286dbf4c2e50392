import { describe, expect, it } from '@jest/globals';
import { executionStream, verifyChain, type ExpectedRevision } from '../index.js';
import type { ContractOptions, OpenedStore } from './event-store.contract.js';
import { collect, sealedChain, take } from './sealed-chain.js';

export function describeTombstones(
  opened: () => OpenedStore,
  reopened: () => Promise<boolean>,
  { alone, clearsUpLater }: Required<ContractOptions>,
): void {
  const stream = executionStream('1');
  const write = (name: string, expected: ExpectedRevision, values: readonly unknown[], prev?: string) => {
    const from = expected === 'no_stream' ? 0 : Number(expected) + 1;
    const events = sealedChain(values, { stream: name, from, ...(prev !== undefined && { prev }) });
    return opened().store.append(name, expected, events);
  };
  const all = async () => {
    const events = await collect(opened().store.readAll());
    return clearsUpLater ? events.filter((event) => event.stream !== stream) : events;
  };
  const streams = async () => (await collect(opened().store.readAll())).map((event) => event.stream);

  describe('ending a stream', () => {
    it('takes its events out of every reading, and leaves the others where they are', async () => {
      await write('execution-0', 'no_stream', [1]);
      await write(stream, 'no_stream', [1, 2]);
      await write('execution-2', 'no_stream', [1, 2, 3]);
      const others = (await collect(opened().store.readAll())).filter((event) => event.stream !== stream);
      await opened().store.tombstone(stream, 1n);
      const left = async () => {
        expect(await collect(opened().store.readStream(stream))).toEqual([]);
        expect(await collect(opened().store.readStream(stream, { direction: 'backwards', limit: 1 }))).toEqual([]);
        expect(await all()).toEqual(others);
        if (clearsUpLater) return;
        expect(await collect(opened().store.readAll({ categories: ['execution'] }))).toEqual(others);
      };
      await left();
      if (await reopened()) await left();
      const { valid } = await verifyChain('execution-2', opened().store.readStream('execution-2'));
      expect(valid).toBe(true);
    });

    it('refuses whatever is written to it afterwards, also after a restart', async () => {
      await write(stream, 'no_stream', [1]);
      await opened().store.tombstone(stream, 0n);
      const gone = { code: 'stream_gone', stream };
      const isRefused = async () => {
        await expect(write(stream, 'no_stream', [1])).rejects.toMatchObject(gone);
        await expect(write(stream, 0n, [2])).rejects.toMatchObject(gone);
        await expect(opened().store.tombstone(stream, 0n)).rejects.toMatchObject(gone);
        expect(await all()).toEqual([]);
      };
      await isRefused();
      if (await reopened()) await isRefused();
    });

    it('is refused where the stream is elsewhere, and where it is not there', async () => {
      await write(stream, 'no_stream', [1, 2]);
      const conflict = { code: 'wrong_expected_revision', stream };
      await expect(opened().store.tombstone(stream, 0n)).rejects.toMatchObject({ ...conflict, actual: 1n });
      await expect(opened().store.tombstone('execution-9', 0n)).rejects.toMatchObject({
        code: 'wrong_expected_revision',
        actual: null,
      });
      expect(await streams()).toEqual([stream, stream]);
    });

    it('gives no position twice, also where it was the newest that went', async () => {
      await write('execution-0', 'no_stream', [1]);
      const { position } = await write(stream, 'no_stream', [1]);
      await opened().store.tombstone(stream, 0n);
      await reopened();
      expect((await opened().store.head())! >= position).toBe(true);
      const next = await write('execution-2', 'no_stream', [1]);
      expect(next.position > position).toBe(true);
      expect(await collect(opened().store.readAll({ from: position }))).toHaveLength(1);
    });

    if (!alone)
      it('closes its row among the open executions', async () => {
        const { store, openExecutions } = opened();
        const row = { stream, tenant: 'default', priority: 0, status: 'parked', dueAt: null } as const;
        await store.append(stream, 'no_stream', sealedChain([1], { stream }), { row });
        await store.tombstone(stream, 0n);
        expect(await openExecutions!.list({ limit: 9 })).toEqual([]);
      });

    it('does not hold up who follows the log', async () => {
      await write(stream, 'no_stream', [1, 2]);
      await write('execution-2', 'no_stream', [1]);
      await opened().store.tombstone(stream, 1n);
      const stop = new AbortController();
      const subscription = opened().store.subscribe({ signal: stop.signal })[Symbol.asyncIterator]();
      let [first] = await take(subscription, 1);
      while (clearsUpLater && first && 'stream' in first && first.stream === stream)
        [first] = await take(subscription, 1);
      expect(first).toMatchObject({ stream: 'execution-2' });
      await write('execution-3', 'no_stream', [1]);
      let next = (await take(subscription, 1))[0]!;
      while (!('stream' in next)) next = (await take(subscription, 1))[0]!;
      expect(next).toMatchObject({ stream: 'execution-3' });
      stop.abort();
    });
  });
}
