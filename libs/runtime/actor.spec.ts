import { describe, expect, it } from '@jest/globals';
import { actorOf } from './actor.js';

describe('Who stands in the events', () => {
  it.each([
    ['api_key', 'api_key'],
    ['session', 'session'],
    ['engine', 'engine'],
    ['webhook', 'engine'],
    ['schedule', 'timer'],
  ] as const)('came by %s: %s', (via, actor) =>
    expect(actorOf({ sub: 'usr_1', via })).toEqual({ sub: 'usr_1', via: actor }),
  );
});
