import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Graph } from '#engine';
import { defaultValidationLimits, WorkflowValidator } from './index.js';
import { around, graphOf, node } from './testing/checked.js';
import { sampleTypes } from './testing/sample-types.js';

const validator = new WorkflowValidator(sampleTypes);
const small = graphOf(around(node('a', 'pure', { config: { x: '{{ incoming.y + 1 }}' } })));

describe('the answer', () => {
  it('has four layers, and lists all findings once more', () => {
    const layer = { valid: true, skipped: false, errors: [], warnings: [] };
    expect(validator.validate({ nodes: small.nodes, edges: small.edges }).toApiResponse()).toEqual({
      valid: true,
      is_valid: true,
      validation: { structure: layer, security: layer, capability: layer, resource: layer },
      errors: [],
      warnings: [],
    });
  });

  it('gives each finding its place, and its layer only in the whole list', () => {
    const nodes = [...small.nodes, node('x', 'pure')];
    const { valid, is_valid, validation, errors, warnings } = validator
      .validateGraph({ ...small, nodes })
      .toApiResponse();
    const issue = {
      rule: 'structure.unreachable_node',
      message: 'No way leads from "start" to "x", so it would never run. Connect it, or delete it.',
      node_id: 'x',
      edge_id: null,
      path: '/nodes/3',
      severity: 'error',
    };
    expect({ valid, is_valid, warnings }).toEqual({ valid: false, is_valid: false, warnings: [] });
    expect(validation.structure).toEqual({ valid: false, skipped: false, errors: [issue], warnings: [] });
    expect(validation.security.valid).toBe(true);
    expect(errors).toEqual([{ ...issue, layer: 'structure' }]);
  });

  it('is valid with warnings', () => {
    const result = validator.validate({ nodes: [{ id: 'a', type: 'start' }] });
    expect(result.valid).toBe(true);
    expect(result.toApiResponse().warnings).toMatchObject([{ rule: 'structure.no_end', layer: 'structure' }]);
  });

  it('carries the canonical graph, also of one with errors', () => {
    const result = validator.validate({
      nodes: [{ id: 'a', type: 'say', selected: true }],
      edges: [{ source: 'a', target: 'b' }],
    });
    expect(result.valid).toBe(false);
    expect(result.graph).toMatchObject({ nodes: [{ id: 'a', type: 'talk' }], edges: [{ id: 'a-out-b' }] });
  });

  it('repeats no secret, whatever rule is speaking', () => {
    const secret = ['ghp_', '16C7e42F292c6912E7710c838347Ae178B4a'].join('');
    const nodes = [
      { id: 'a', type: secret, data: { compensate: secret } },
      {
        id: 'b',
        type: 'form',
        data: { config: { text: 'abc', [secret]: 1, count: `{{ nodes.${secret}.output + ${secret} }}` } },
      },
    ];
    const { errors } = validator
      .validate({ nodes, edges: [{ id: 'e', source: 'a', target: secret, source_handle: secret }] })
      .toApiResponse();
    expect(errors.length).toBeGreaterThan(5);
    expect(JSON.stringify(errors)).not.toContain(secret);
  });
});

describe('what is malformed', () => {
  it('is told apart, and still is an error', () => {
    const result = validator.validate({ nodes: [{ id: 1, type: 'pure' }], edges: [] });
    expect(result).toMatchObject({ graph: null, valid: false, malformed: [{ path: '/nodes/0/id' }] });
    expect(result.toApiResponse()).toMatchObject({
      valid: false,
      validation: {
        structure: { valid: false, skipped: false },
        security: { valid: false, skipped: true },
        resource: { skipped: true },
      },
      errors: [{ rule: 'structure.malformed', path: '/nodes/0/id', layer: 'structure' }],
    });
  });
});

describe('sizes', () => {
  it('come first: beyond one of them nothing else is looked at', () => {
    const nodes = Array.from({ length: 5_000 }, (_, index) => ({ id: `n${index}`, type: 'nobody_has_this' }));
    const edges = nodes.map(({ id }) => ({ source: id, target: 'n0' }));
    const { valid, validation, errors } = validator.validate({ nodes, edges }).toApiResponse();
    expect(valid).toBe(false);
    expect(errors.map(({ rule }) => rule)).toEqual(['resource.nodes', 'resource.edges']);
    expect(validation).toMatchObject({
      structure: { skipped: true },
      security: { skipped: true },
      capability: { skipped: true },
      resource: { skipped: false },
    });
  });

  it('are those of the server, where it has its own', () => {
    expect(new WorkflowValidator(sampleTypes, { limits: { nodes: 2 } }).validateGraph(small).valid).toBe(false);
    expect(defaultValidationLimits.nodes).toBe(500);
  });

  it('also hold for the answer', () => {
    const nodes = Array.from({ length: 300 }, (_, index) => node(`n${index}`, 'nobody_has_this'));
    const { errors } = validator.validateGraph({ nodes, edges: [] }).toApiResponse();
    const unknown = errors.filter(({ rule }) => rule === 'structure.unknown_type');
    expect(unknown).toHaveLength(200);
    expect(unknown.at(-1)!.message).toContain('(And 100 more of this kind.)');
  });
});

describe('whatever it is given', () => {
  const word = fc.constantFrom(
    'a',
    'b',
    'start',
    'end',
    'pure',
    'loop',
    'map',
    'form',
    'set',
    'merge',
    'in',
    'back',
    'out',
    'continue',
    'error',
    'END',
    '{{ item }}',
    '{{ (',
    '__proto__',
    'constructor',
  );
  const json = fc.oneof(fc.jsonValue(), word);
  const someNode = fc.record(
    {
      id: word,
      type: word,
      data: fc.record(
        { config: fc.dictionary(word, json), compensate: json, retry: json, effects: json, on_error: json },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ['id', 'type'] },
  );
  const someEdge = fc.record(
    {
      source: word,
      target: word,
      source_handle: word,
      target_handle: word,
      data: fc.record({ condition: word, default: fc.boolean() }, { requiredKeys: [] }),
    },
    { requiredKeys: ['source', 'target'] },
  );

  it('answers any JSON', () => {
    fc.assert(
      fc.property(json, json, json, (nodes, edges, metadata) => {
        const { valid, errors } = validator.validate({ nodes, edges, metadata }).toApiResponse();
        expect(valid).toBe(errors.length === 0);
      }),
    );
  });

  it('answers any graph, and the same of what it has read', () => {
    fc.assert(
      fc.property(fc.array(someNode, { maxLength: 6 }), fc.array(someEdge, { maxLength: 8 }), (nodes, edges) => {
        const result = validator.validate({ nodes, edges });
        if (result.graph) expect(validator.validateGraph(result.graph).valid).toBe(result.valid);
        else expect(result.malformed.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it('answers what is far deeper than a request can be', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 20_000; level++) deep = { deep };
    const nodes = [{ id: 'a', type: 'start', data: { config: { deep } } }];
    expect(validator.validate({ nodes, metadata: deep }).toApiResponse().errors).toMatchObject([
      { rule: 'resource.config_depth' },
    ]);
    expect(validator.validate({ nodes: [{ id: 'a', type: 'start' }], metadata: deep }).valid).toBe(true);
  });

  it('takes a graph whose nodes have members that no graph has', () => {
    const odd = {
      nodes: [{ id: 'a', type: 'start', data: { config: { toString: '{{ item }}' } } }],
      edges: [],
    } as unknown as Graph;
    expect(validator.validateGraph(odd).valid).toBe(false);
  });
});
