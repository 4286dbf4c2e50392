import { describe, expect, it } from '@jest/globals';
import type { Permissions } from '../index.js';
import { around, found, node } from '../testing/checked.js';
import { facts } from '../testing/facts.js';

const granted = (permissions: Permissions | null) =>
  found(
    'security.wide_grant',
    around(node('it', 'call')),
    facts({ permissionsOf: (type) => (type === 'call' ? permissions : null) }),
  );

describe('security.wide_grant', () => {
  it('warns of a plugin that may use everything of a kind', () => {
    expect(granted({ http: ['*'], models: [], tools: ['*'] })).toMatchObject([
      {
        severity: 'warning',
        path: '/nodes/1/type',
        node_id: 'it',
        message: expect.stringContaining('every one of: http, tools'),
      },
    ]);
    expect(granted({ http: [], models: ['*'] })).toHaveLength(1);
  });

  it('is content with lists of names, and with what is held to nothing', () => {
    expect(granted({ http: ['*.example.com'], models: ['local/*'] })).toEqual([]);
    expect(granted(null)).toEqual([]);
    expect(found('security.wide_grant', around(node('it', 'call')))).toEqual([]);
  });
});
