import { eventStoreUrl } from '../config/environment.js';
import { CommandRefused, type Surroundings } from './surroundings.js';

/** Returns the exit code. EVENT_STORE_URL is an administrator's for once. */
export async function aclCommand(reader: string, { variables, say }: Surroundings): Promise<number> {
  const url = urlIn(variables);
  const { letReadAll } = await import('#event-store-esdb');
  switch (await letReadAll(url, reader)) {
    case 'given':
      say(`${reader} may read $all from now on, beside those who already could. Nothing else was changed.`);
      return 0;
    case 'had_already':
      say(`${reader} may read $all already. Nothing was changed.`);
      return 0;
    case 'denied':
      throw new CommandRefused(
        'EventStoreDB denies it. Name a member of $admins in EVENT_STORE_URL, with the right password, and connect over TLS: without it, neither is sent.',
      );
  }
}

/** It may hold a password, and is not shown. */
function urlIn(variables: Surroundings['variables']): string {
  const url = variables['EVENT_STORE_URL']?.trim() ?? '';
  if (eventStoreUrl.test(url)) return url;
  throw new CommandRefused(
    'Set EVENT_STORE_URL to the address of EventStoreDB with the name and password of one of its administrators, like esdb://admin:password@host:2113?tls=true.',
  );
}
