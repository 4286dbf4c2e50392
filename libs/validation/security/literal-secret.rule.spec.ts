import { describe, expect, it } from '@jest/globals';
import { WorkflowValidator } from '../index.js';
import { around, edge, found, node, withConfig } from '../testing/checked.js';
import { sampleTypes } from '../testing/sample-types.js';

/** Made up, and put together here so that no scanner takes this file for a leak. */
const secrets: readonly (readonly [what: string, text: string])[] = [
  ['an AWS access key', ['AKIA', 'IOSFODNN7EXAMPLE'].join('')],
  ['an API key', ['sk-', 'proj-abcDEF123456ghiJKL789'].join('')],
  ['a Stripe key', ['sk_', 'live_4eC39HqLyjWDarjtT1zdp7dc'].join('')],
  ['a GitHub token', ['ghp_', '16C7e42F292c6912E7710c838347Ae178B4a'].join('')],
  ['a fine-grained GitHub token', ['github_pat_', '11ABCDEFG0123456789_abcdefghij'].join('')],
  ['a GitLab token', ['glpat-', 'abcDEF123456ghiJKL78'].join('')],
  ['a Slack token', ['xoxb-', '123456789012-abcdefGHIJ'].join('')],
  ['a Google API key', ['AIza', 'SyA1234567890abcdefghijklmnopqrstuv'].join('')],
  [
    'a JSON Web Token',
    ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'].join('.'),
  ],
  ['a private key', ['-----BEGIN RSA ', 'PRIVATE KEY-----\nMIIE'].join('')],
  ['a bearer token', ['Bearer ', 'a1b2c3d4e5f6a7b8c9d0'].join('')],
  ['basic credentials', ['Basic ', 'dXNlcjpwYXNzd29yZA=='].join('')],
  ['a password in a URL', ['postgres://app:', 'hunter2secret@db.example.com/x'].join('')],
  ['a key in a URL', ['https://api.example.com/?api_key=', 'abcdef0123456789abcdef'].join('')],
  ['a random token', ['q8Zt3Vn5Lx7Rb1Yw9Kd2', 'Mf6Hs4Pj0Gc8Ua5Te3X'].join('')],
];
const innocent: readonly string[] = [
  'reset your password',
  'Send the token to the user, and keep the secret key safe: password = what you chose.',
  'Bearer {{ input.token }}',
  'Basic understanding of bearer tokens is required',
  'https://user@example.com/path?token={{ input.token }}',
  'http://localhost:8080/@scope/package',
  'wf_0198c0de-1234-7abc-8def-0123456789ab',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'sk-short',
  'skating-is-a-lot-of-fun-in-the-winter-when-it-is-cold',
  'theQuickBrownFoxJumpsOverTheLazyDogAndThenItSleepsForTheNight2',
  '/api/v1/workflows/executions/ABC123/steps/Retry7/resolve/Now42',
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk',
  'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  'x'.repeat(100_000),
];

describe('security.literal_secret', () => {
  it.each(secrets)('refuses %s, and does not repeat it', (_what, secret) => {
    const issues = found('security.literal_secret', withConfig('pure', { deep: [{ text: `before ${secret} after` }] }));
    expect(issues).toMatchObject([
      { path: '/nodes/1/data/config/deep/0/text', node_id: 'it', layer: 'security', severity: 'error' },
    ]);
    expect(JSON.stringify(issues)).not.toContain(secret.slice(8));
  });

  it.each(innocent.map((text) => [text.slice(0, 60), text]))('has nothing against %j', (_short, text) => {
    expect(found('security.literal_secret', withConfig('pure', { text }))).toEqual([]);
  });

  const [, secret] = secrets[1]!;

  it('looks at labels, keys, expressions and edges', () => {
    expect(found('security.literal_secret', around(node('a', 'pure', { label: secret })))).toMatchObject([
      { path: '/nodes/1/data/label' },
    ]);
    expect(found('security.literal_secret', withConfig('pure', { x: `{{ '${secret}' }}` }))).toHaveLength(1);
    const sketch = around(node('a', 'pure'));
    const edges = [edge('start -> a'), edge('a -> end', { condition: `input.k == '${secret}'` })];
    expect(found('security.literal_secret', { ...sketch, edges })).toMatchObject([
      { path: '/edges/1/data/condition', edge_id: 'a -> end' },
    ]);
  });

  it('does not repeat a secret that is a key', () => {
    const issues = found('security.literal_secret', withConfig('pure', { [secret]: { inside: secret } }));
    expect(issues.map(({ path }) => path)).toEqual(['/nodes/1/data/config', '/nodes/1/data']);
    expect(JSON.stringify(issues)).not.toContain(secret);
  });

  it('looks at what is kept beside the graph', () => {
    const sent = { nodes: [{ id: 'a', type: 'start' }], edges: [], name: 'x', metadata: { note: secret } };
    const { errors } = new WorkflowValidator(sampleTypes).validate(sent).toApiResponse();
    expect(errors).toMatchObject([
      { rule: 'security.literal_secret', path: '/metadata/note', node_id: null, edge_id: null },
    ]);
  });
});
