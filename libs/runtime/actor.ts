import type { Actor } from '#event-store';
import type { Caller } from './execution-request.js';

/** Who stands in the events that a caller causes. What no person has asked for just then says by what it came. */
export function actorOf({ sub, via }: Pick<Caller, 'sub' | 'via'>): Actor {
  switch (via) {
    case 'schedule':
      return { sub, via: 'timer' };
    case 'webhook':
      return { sub, via: 'engine' };
    case 'api_key':
    case 'session':
    case 'engine':
      return { sub, via };
  }
}
