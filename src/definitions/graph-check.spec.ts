import { describe, expect, it, jest } from '@jest/globals';
import type { Graph } from '#engine';
import { sampleNodes } from '#engine/testing';
import type { Caller } from '#runtime';
import { WorkflowValidator } from '#validation';
import type { Problem } from '../http/problem.js';
import { CallerValidator } from './caller-validator.js';
import { ValidatorCheck } from './graph-check.js';

const caller: Caller = { sub: 'usr_1', tenant: 'default', via: 'session' };
const start = { id: 'start', type: 'start', data: { config: {} } };
const setup = () => {
  const validator = new WorkflowValidator(sampleNodes);
  return { validator, check: new ValidatorCheck(new CallerValidator(validator, { list: () => [] })) };
};

describe('A graph in a request', () => {
  it('is answered with what the layers find', () => {
    const { check } = setup();
    const { graph, errors } = check.raw([start, { id: 'x', type: 'nothing' }], [], caller);
    expect(graph?.nodes).toHaveLength(2);
    expect(errors).toContainEqual(
      expect.objectContaining({ rule: 'structure.unknown_type', layer: 'structure', severity: 'error' }),
    );
  });

  it('has no nodes where it says none', () => {
    expect(setup().check.raw(undefined, undefined, caller).errors).toMatchObject([{ rule: 'structure.no_nodes' }]);
  });

  it('that is none is refused, with each place', () => {
    const { check } = setup();
    expect(() => check.raw([{ ...start, foo: 1 }], [{ source: 'start' }], caller)).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        message: expect.stringContaining('(and 1 more)'),
        more: {
          errors: [
            expect.objectContaining({ path: '/nodes/0/foo' }),
            expect.objectContaining({ path: '/edges/0/target' }),
          ],
        },
      }),
    );
    expect(() => check.raw([{ ...start, foo: 1 }], [], caller)).toThrow(/^This is no graph: [^(]+$/);
  });

  it('that is none names a hundred of its faults, not all', () => {
    const { check } = setup();
    const many = Array.from({ length: 150 }, () => ({ type: 'start' }));
    const refused = (() => {
      try {
        return check.raw(many, [], caller);
      } catch (error) {
        return error as Problem;
      }
    })();
    expect(refused).toMatchObject({ message: expect.stringContaining('149 more'), more: { errors: { length: 100 } } });
  });
});

describe('A graph that was published', () => {
  it('is checked once for its digest', () => {
    const { validator, check } = setup();
    const validate = jest.spyOn(validator, 'validate');
    const graph = { nodes: [start], edges: [] } as unknown as Graph;
    const first = check.published(graph, 'sha256:1', caller);
    expect(check.published(graph, 'sha256:1', caller)).toBe(first);
    expect(validate).toHaveBeenCalledTimes(1);
    expect(first).toMatchObject({ graph, errors: [] });
  });

  it('is checked again once what it may use has changed', () => {
    let tools = [{ name: 'calculator' }];
    const facts = () => ({ providers: [], models: [], tools, permissionsOf: () => null });
    const validator = new WorkflowValidator(sampleNodes, { facts });
    const names: string[] = [];
    const check = new ValidatorCheck(new CallerValidator(validator, { list: () => names.map((name) => ({ name })) }));
    const graph = { nodes: [start], edges: [] } as unknown as Graph;
    const first = check.published(graph, 'sha256:1', caller);
    tools = [{ name: 'current_time' }];
    const second = check.published(graph, 'sha256:1', caller);
    expect(second).not.toBe(first);
    names.push('crm_key');
    const third = check.published(graph, 'sha256:1', caller);
    expect(third).not.toBe(second);
    expect(check.published(graph, 'sha256:1', caller)).toBe(third);
    expect(check.published(graph, 'sha256:1', { ...caller, tenant: 'other' })).not.toBe(third);
    const bounds = { allowedTools: null, definitionId: '3f0c5d1a-6a0b-4f6e-9a53-0d8f2c4b7e11' };
    expect(check.published(graph, 'sha256:1', caller, bounds)).not.toBe(third);
  });

  it('is checked for its request where that allows some tools only', () => {
    const { check } = setup();
    const graph = { nodes: [start], edges: [] } as unknown as Graph;
    const bounds = { allowedTools: ['calculator'], definitionId: null };
    const first = check.published(graph, 'sha256:1', caller, bounds);
    expect(check.published(graph, 'sha256:1', caller, bounds)).not.toBe(first);
  });

  it('is kept for so many digests and no more', () => {
    const { validator, check } = setup();
    const graph = { nodes: [start], edges: [] } as unknown as Graph;
    for (let at = 0; at <= 500; at += 1) check.published(graph, `sha256:${at}`, caller);
    const validate = jest.spyOn(validator, 'validate');
    check.published(graph, 'sha256:500', caller);
    expect(validate).not.toHaveBeenCalled();
    check.published(graph, 'sha256:0', caller);
    expect(validate).toHaveBeenCalledTimes(1);
  });
});
