import { describe, expect, it } from '@jest/globals';
import {
  executionStream,
  maxPayloadBytes,
  type EventStore,
  type OpenExecution,
  type OwnOpenExecutions,
  type PayloadAddress,
  type PayloadStore,
} from '../index.js';
import { sealedChain } from './sealed-chain.js';

export interface BesideTheLog {
  readonly store: EventStore;
  readonly openExecutions: OwnOpenExecutions;
  readonly payloads: PayloadStore;
}

export function describeOpenExecutions(opened: () => BesideTheLog): void {
  const row = (id: string, change: Partial<OpenExecution> = {}): OpenExecution => ({
    stream: executionStream(id),
    tenant: 'default',
    priority: 0,
    status: 'running',
    dueAt: null,
    ...change,
  });
  const accept = (id: string, change?: Partial<OpenExecution>) => {
    const stream = executionStream(id);
    return opened().store.append(stream, 'no_stream', sealedChain([1], { stream }), { row: row(id, change) });
  };

  describe('open executions', () => {
    it('change with the append', async () => {
      const { store, openExecutions } = opened();
      await accept('1', { priority: 5 });
      expect(await openExecutions.list({ limit: 9 })).toEqual([row('1', { priority: 5 })]);
      const waiting = row('1', { status: 'waiting', dueAt: 1_700_000_000_000 });
      await store.append('execution-1', 0n, sealedChain([2], { from: 1 }), { row: waiting });
      expect(await openExecutions.list({ limit: 9 })).toEqual([waiting]);
      await store.append('execution-1', 1n, sealedChain([3], { from: 2 }));
      expect(await openExecutions.list({ limit: 9 })).toEqual([waiting]);
      await store.append('execution-1', 2n, sealedChain([4], { from: 3 }), 'closed');
      expect(await openExecutions.list({ limit: 9 })).toEqual([]);
    });

    it('stay as they are when the append is refused', async () => {
      await accept('1');
      const late = opened().store.append('execution-1', 'no_stream', sealedChain([1]), 'closed');
      await expect(late).rejects.toMatchObject({ code: 'wrong_expected_revision' });
      expect(await opened().openExecutions.list({ limit: 9 })).toEqual([row('1')]);
    });

    it('are listed by name, page by page', async () => {
      for (const id of ['2', '1', '3']) await accept(id);
      const first = await opened().openExecutions.list({ limit: 2 });
      expect(first.map(({ stream }) => stream)).toEqual(['execution-1', 'execution-2']);
      const next = await opened().openExecutions.list({ after: first[1]!.stream, limit: 2 });
      expect(next.map(({ stream }) => stream)).toEqual(['execution-3']);
    });

    it('tell what is due, the earliest first', async () => {
      expect(await opened().openExecutions.nextDue()).toBeNull();
      await accept('1', { dueAt: 300 });
      await accept('2', { dueAt: 100 });
      await accept('3');
      await accept('4', { dueAt: 200 });
      const due = async (at: number, limit: number) =>
        (await opened().openExecutions.due(at, limit)).map(({ stream }) => stream);
      expect(await opened().openExecutions.nextDue()).toBe(100);
      expect(await due(99, 9)).toEqual([]);
      expect(await due(200, 9)).toEqual(['execution-2', 'execution-4']);
      expect(await due(300, 1)).toEqual(['execution-2']);
    });

    it('are marked without an append', async () => {
      await accept('1');
      await opened().openExecutions.put(row('1', { status: 'parked' }));
      expect(await opened().openExecutions.list({ limit: 9 })).toEqual([row('1', { status: 'parked' })]);
    });
  });
}

export function describePayloads(opened: () => BesideTheLog): void {
  const bytes = new TextEncoder().encode('{"large":"value"}');

  describe('payloads', () => {
    it('are kept under what they hold, and twice the same is once', async () => {
      const { payloads } = opened();
      const first = await payloads.put('default', bytes);
      expect(first).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), size: 17 });
      expect(await payloads.put('default', bytes)).toEqual(first);
      expect(Buffer.from((await payloads.get('default', first.sha256))!).equals(bytes)).toBe(true);
    });

    it('belong to one tenant', async () => {
      const { sha256 } = await opened().payloads.put('one', bytes);
      expect(await opened().payloads.get('another', sha256)).toBeNull();
      expect(await opened().payloads.get('one', 'f'.repeat(64))).toBeNull();
    });

    it('are kept as they were, whatever becomes of the bytes given', async () => {
      const given = Buffer.from(bytes);
      const put = opened().payloads.put('default', given);
      given.fill(0);
      const { sha256 } = await put;
      expect(Buffer.from((await opened().payloads.get('default', sha256))!).equals(bytes)).toBe(true);
    });

    it('may be empty', async () => {
      const { sha256, size } = await opened().payloads.put('default', new Uint8Array());
      expect(size).toBe(0);
      expect((await opened().payloads.get('default', sha256))?.length).toBe(0);
    });

    it('are listed and removed once nobody has put them for so long', async () => {
      const { payloads } = opened();
      const put = async (tenant: string, text: string) => ({
        tenant,
        sha256: (await payloads.put(tenant, new TextEncoder().encode(text))).sha256,
      });
      const inOrder = (all: PayloadAddress[]) =>
        all.toSorted((a, b) => (`${a.tenant} ${a.sha256}` < `${b.tenant} ${b.sha256}` ? -1 : 1));
      const all = inOrder([await put('idle-1', 'a'), await put('idle-1', 'b'), await put('idle-2', 'a')]);
      const page = { idleMs: 0, after: null, limit: 2 };
      expect(await payloads.idle(page)).toEqual(all.slice(0, 2));
      expect(await payloads.idle({ ...page, after: all[1]! })).toEqual(all.slice(2));
      expect(await payloads.idle({ ...page, idleMs: 60_000 })).toEqual([]);

      expect(await payloads.remove(all[0]!, 60_000)).toBeNull();
      expect(await payloads.get(all[0]!.tenant, all[0]!.sha256)).not.toBeNull();
      expect(await payloads.remove(all[0]!, 0)).toBe(1);
      expect(await payloads.get(all[0]!.tenant, all[0]!.sha256)).toBeNull();
      expect(await payloads.remove(all[0]!, 0)).toBeNull();
      expect(await payloads.idle({ ...page, limit: 9 })).toEqual(all.slice(1));
    });

    it('that are put again count as put now', async () => {
      const { payloads } = opened();
      const { sha256 } = await payloads.put('default', bytes);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const again = Date.now();
      await payloads.put('default', bytes);
      const idleMs = () => Date.now() - again + 1_500;
      expect(await payloads.idle({ idleMs: idleMs(), after: null, limit: 9 })).toEqual([]);
      expect(await payloads.remove({ tenant: 'default', sha256 }, idleMs())).toBeNull();
    });

    it('are refused over the limit', async () => {
      await expect(opened().payloads.put('default', new Uint8Array(maxPayloadBytes + 1))).rejects.toMatchObject({
        code: 'payload_too_large',
        size: maxPayloadBytes + 1,
        limit: maxPayloadBytes,
      });
    });
  });
}
