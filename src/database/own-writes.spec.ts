import { describe, expect, it } from '@jest/globals';
import type { Position } from '#event-store';
import type { ReadModel } from '#read-model';
import { OwnWrites } from './own-writes.js';

const head = '0000000000000007' as Position;

/** Tables that come as far as they are told, and no further. */
function lists(upTo: string | null, written: Position | null = head) {
  const asked: string[] = [];
  const readModel = {
    position: () => upTo,
    waitFor: async (position: string) => {
      asked.push(position);
      return upTo !== null && position <= upTo;
    },
  } as unknown as ReadModel;
  return { asked, ownWrites: new OwnWrites(readModel, { written: async () => written }) };
}

describe('A list after a write', () => {
  it('waits for what this process has written', async () => {
    const { asked, ownWrites } = lists(head);
    await ownWrites.seen();
    expect(asked).toEqual([head]);
  });

  it('waits for the position that it is asked for', async () => {
    const { asked, ownWrites } = lists(head);
    await ownWrites.seen('0000000000000003');
    expect(asked).toEqual(['0000000000000003']);
  });

  it('waits for nothing where nothing was written', async () => {
    const { asked, ownWrites } = lists(null, null);
    await ownWrites.seen();
    expect(asked).toEqual([]);
  });

  it('says how far behind it is, when it does not come so far', async () => {
    const { ownWrites } = lists('0000000000000005');
    await expect(ownWrites.seen()).rejects.toMatchObject({
      code: 'lists_behind',
      status: 503,
      more: { extra: { position: '0000000000000005', wanted: head } },
    });
  });

  it.each(['', '7', 'x', '00000000000000070'])('refuses a position like "%s"', async (position) => {
    await expect(lists(head).ownWrites.seen(position)).rejects.toMatchObject({ code: 'invalid_request' });
  });
});
