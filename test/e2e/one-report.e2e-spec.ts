import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter, type AnyBody } from '../support/chatter.js';

const at = '/api/v1/workflows';

let chatter: Chatter;
let limited: string;
beforeAll(async () => {
  chatter = await Chatter.boot();
  await chatter.call('POST', '/api/v1/secrets', {
    name: 'crm_key',
    value: 'kept to itself',
    hosts: ['crm.example.com'],
  });
  const scopes = [
    'definitions:write',
    'definitions:read',
    'templates:write',
    'templates:read',
    'executions:run',
    'executions:read',
  ];
  limited = (await chatter.call('POST', '/api/v1/auth/api-keys', { name: 'without secrets', scopes })).body.key;
});
afterAll(() => chatter.close());

const line = (...nodes: { id: string }[]) => {
  const all = [{ id: 'start', type: 'start' }, ...nodes, { id: 'end', type: 'end' }];
  return { nodes: all, edges: all.slice(1).map(({ id }, i) => ({ source: all[i]!.id, target: id })) };
};
const node = (id: string, type: string, config: object) => ({ id, type, data: { config } });
const calls = (secret: string) =>
  line(node('crm', 'http_request', { url: 'https://crm.example.com/7', auth: { type: 'bearer', secret } }));

/** Which rule, where, how grave: what a caller acts on. */
const findings = (issues: AnyBody[]): string[] =>
  issues.map(({ rule, path, severity, message }: AnyBody) => `${severity} ${rule} ${path} ${message}`).toSorted();

const as = (key: string) => (method: string, path: string, body?: object) =>
  chatter.call(method, path, body, { authorization: `Bearer ${key}` });

/** What each door says of one graph, to one caller. */
async function doors(graph: object, key: string): Promise<Record<string, string[]>> {
  const call = as(key);
  const checked = (await call('POST', `${at}/definitions/validate`, graph)).body;
  const said: Record<string, string[]> = { check: findings([...checked.errors, ...checked.warnings]) };

  const saved = (await call('POST', `${at}/definitions`, { name: 'Saved', ...graph })).body;
  said['save'] = saved.id
    ? findings([...saved.validation.errors, ...saved.validation.warnings])
    : findings(saved.errors);

  const template = (await call('POST', `${at}/templates/validate`, { name: 'Template', parameters: [], ...graph }))
    .body;
  said['template'] = findings([...template.errors, ...template.warnings]);

  const ran = (await call('POST', `${at}/execute`, { workflow_type: 'custom', ...graph, config: { async: true } }))
    .body;
  const recorded = ran.error?.validation ?? [];
  said['execute'] = findings([...recorded, ...(ran.warnings ?? [])]);
  if (ran.execution_id) await call('POST', `${at}/executions/${ran.execution_id}/cancel`, {});
  return said;
}

describe('One graph of one caller', () => {
  it.each<[string, object, () => string, string | null]>([
    ['a sound one', line(node('t', 'transform', { value: 1 })), () => chatter.apiKey, null],
    ['an unknown key', line(node('m', 'model', { promt: 'x' })), () => chatter.apiKey, 'error structure.config'],
    [
      'a warning',
      line(node('w', 'wait_signal', { name: 'paid' })),
      () => chatter.apiKey,
      'warning structure.endless_wait',
    ],
    ['a secret that nobody has set', calls('crm_kee'), () => chatter.apiKey, 'warning security.secret_unknown'],
    ['a secret without the right to', calls('crm_key'), () => limited, 'error security.secret_not_allowed'],
    ['a secret with the right to', calls('crm_key'), () => chatter.apiKey, null],
  ])(
    'has the same report when it is checked, saved, made a template and executed: %s',
    async (_, graph, key, finding) => {
      const said = await doors(graph, key());
      const { check } = said;
      if (finding === null) expect(check).toEqual([]);
      else expect(check!.join('\n')).toContain(finding);
      const errors = (of: string[]) => of.filter((each) => each.startsWith('error'));
      const hasErrors = errors(check!).length > 0;
      expect(said['template']).toEqual(check);
      expect(said['execute']).toEqual(check);
      expect(said['save']).toEqual(hasErrors ? errors(check!) : check);
    },
  );
});
