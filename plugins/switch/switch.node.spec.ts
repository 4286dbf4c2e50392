import { describe, expect, it } from '@jest/globals';
import { type ConfigFinding, type JsonValue, toDefinition } from '@chatter/plugin-sdk';
import { runNode } from '@chatter/plugin-sdk/testing';
import { SwitchNode } from './switch.node.js';

const findings = (cases: JsonValue): readonly ConfigFinding[] => toDefinition(SwitchNode).validate?.({ cases }) ?? [];
const named = (...names: string[]): JsonValue => names.map((name) => ({ name, condition: 'true' }));

describe('switch', () => {
  it('takes the first case that holds, in the order they are written', async () => {
    const cases = [
      { name: 'bug', condition: false },
      { name: 'bill', condition: true },
      { name: 'other', condition: true },
    ];
    expect(await runNode(SwitchNode, { config: { cases }, incoming: 'in' })).toMatchObject({
      port: 'bill',
      output: 'in',
    });
  });

  it('goes on by default when no case holds', async () => {
    const cases = [{ name: 'bug', condition: false }];
    expect(await runNode(SwitchNode, { config: { cases }, incoming: 'in' })).toMatchObject({
      port: 'default',
      output: 'in',
    });
  });

  it('has a port for each case, as data', () => {
    expect(toDefinition(SwitchNode).descriptor.ports).toEqual(['default', { from: '/cases/*/name' }]);
  });

  it('accepts names that differ', () => expect(findings(named('bug', 'bill'))).toEqual([]));

  it.each(['default', 'error', 'in', 'back'])('refuses the taken name "%s"', (name) => {
    expect(findings(named('bug', name))).toMatchObject([{ path: '/cases/1/name' }]);
  });

  it('refuses a name that stands twice, at its second place', () => {
    const [finding, ...others] = findings(named('bug', 'bill', 'bug'));
    expect(finding?.path).toBe('/cases/2/name');
    expect(finding?.message).toContain('of case 1');
    expect(others).toEqual([]);
  });

  it.each([[undefined], ['{{ input.cases }}'], [[null, 7, {}, { name: 1 }]]])(
    'leaves a shape that is wrong to the schema: %j',
    (cases) => expect(findings(cases as JsonValue)).toEqual([]),
  );
});
