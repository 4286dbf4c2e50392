import { describe, expect, it } from '@jest/globals';
import { accountStream, MemoryEventStore, type EventStore } from '#event-store';
import { recordIn } from '../archive/testing/recorded-runs.js';
import { Accounts } from './accounts.js';

const by = { sub: 'system', via: 'engine' } as const;
const wish = { tenant: 'default', password: 'correct horse', roles: ['admin'], keyName: 'first' };
const [ada, bob] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b'];

const userIn = (accounts: Accounts, id: string, email: string) => accounts.createUser({ ...wish, id, email }, by);

/** As a later version may write it. */
const vanish = (store: EventStore, id: string) => recordIn(store, accountStream(id), 'UserVanished', {});

describe('An account that this version cannot read', () => {
  it('is let in no more; the others are', async () => {
    const store = new MemoryEventStore();
    const before = new Accounts(store);
    const { apiKey } = await userIn(before, ada!, 'ada@example.com');
    const { apiKey: another } = await userIn(before, bob!, 'bob@example.com');
    expect(before.ofKey(apiKey, 0)).toMatchObject({ sub: `usr_${ada}` });
    await vanish(store, ada!);

    const told: unknown[] = [];
    const after = new Accounts(store, (error) => told.push(error));
    await after.load();
    await after.load(); // as others tell it again
    for (const gone of [after.ofKey(apiKey, 0), after.ofEmail('ada@example.com'), after.ofId(ada!)])
      expect(gone ?? null).toBeNull();
    expect(after.ofKey(another, 0)).toMatchObject({ sub: `usr_${bob}` });
    expect(told).toEqual([expect.objectContaining({ code: 'unreadable_event' })]);
  });

  it('counts as one: nobody else becomes the first', async () => {
    const store = new MemoryEventStore();
    await userIn(new Accounts(store), ada!, 'ada@example.com');
    await vanish(store, ada!);
    const accounts = new Accounts(store);
    expect(accounts.isEmpty).toBe(true);
    await accounts.load();
    expect(accounts.isEmpty).toBe(false);
  });
});
