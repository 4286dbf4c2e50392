import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject, JsonValue, NodeDefinition } from '#plugin-sdk';
import type { Graph, NodeTypes } from '../graph/graph.js';
import { graphDigest } from '../graph/digest.js';
import { fillDefaults, fillParameters, MAX_FILLED_LENGTH } from './fill-parameters.js';
import { checkParameterUse } from './parameter-use.js';
import { checkParameters, MOST_PARAMETERS, type TemplateParameter } from './parameters.js';

const configSchema = {
  type: 'object',
  properties: { source: { 'x-expression': false }, when: { 'x-condition': true }, prompt: {} },
};
const types = {
  find: (type) => (type === 'ask' ? ({ descriptor: { configSchema } } as unknown as NodeDefinition) : undefined),
  all: () => [],
} satisfies NodeTypes;

const parameter = (name: string, more: Partial<TemplateParameter> = {}): TemplateParameter => ({
  name,
  type: 'string',
  required: false,
  default: null,
  secret: false,
  description: '',
  ...more,
});

const graphOf = (config: JsonObject, condition?: string): Graph => ({
  nodes: [
    { id: 'ask', type: 'ask', data: { config, label: '{{ params.tone }}' } },
    { id: 'end', type: 'unknown', data: { config: { output: '{{ params.tone }}' } } },
  ],
  edges: [
    {
      id: 'e1',
      source: 'ask',
      target: 'end',
      source_handle: 'out',
      target_handle: 'in',
      data: condition === undefined ? {} : { condition },
    },
  ],
});
const parameters = [parameter('tone', { default: 'kind' }), parameter('n', { type: 'integer', required: true })];
const filledConfig = (config: JsonObject, params: JsonObject, declared = parameters) =>
  fillParameters(graphOf(config), declared, params, types).graph.nodes[0]!.data.config;

describe('Filling in a template', () => {
  it('puts values into configs and conditions, wherever they stand', () => {
    const graph = graphOf(
      {
        prompt: ['{{ params.tone }}', { 'a/b': 'Be {{ params.tone }}: {{ params.n }}' }, 7, null],
        when: 'params.n > 2',
      },
      '{{ params.n == input.n }}',
    );
    const { graph: filled, findings } = fillParameters(graph, parameters, { n: 3 }, types);
    expect(findings).toEqual([]);
    expect(filled.nodes[0]!.data).toEqual({
      config: { prompt: ['kind', { 'a/b': 'Be kind: 3' }, 7, null], when: '(3) > 2' },
      label: '{{ params.tone }}',
    });
    expect(filled.nodes[1]!.data.config).toEqual({ output: 'kind' });
    expect(filled.edges[0]!.data.condition).toBe('(3) == input.n');
  });

  it('leaves literal fields as they are (rule 4)', () => {
    expect(filledConfig({ source: '{{ params.tone }}' }, { n: 1 })).toEqual({ source: '{{ params.tone }}' });
  });

  it('leaves a member out whose whole value is missing; of a list, it is null (rule 1)', () => {
    const declared = [parameter('tone')];
    expect(filledConfig({ prompt: '{{ params.tone }}', b: ['{{ params.tone }}'] }, {}, declared)).toEqual({
      b: [null],
    });
  });

  it('takes null for what is not given', () => {
    expect(filledConfig({ prompt: '{{ params.tone }}' }, { n: 1, tone: null })).toEqual({ prompt: 'kind' });
  });

  it('puts a reference where a secret is asked for (rule 3)', () => {
    const declared = [parameter('key', { secret: true, required: true })];
    expect(filledConfig({ prompt: 'Bearer {{ params.key }}' }, { key: 'crm_key' }, declared)).toEqual({
      prompt: 'Bearer {{ secrets.crm_key }}',
    });
    expect(fillParameters(graphOf({}), declared, { key: 'a b' }, types).findings).toEqual([
      expect.objectContaining({ rule: 'structure.parameter_type', path: '/params/key' }),
    ]);
  });

  it('says what is missing, unknown and of the wrong type, each with its path (rule 5)', () => {
    const graph = graphOf({ prompt: '{{ params.tone }}' });
    const { graph: same, findings } = fillParameters(graph, parameters, { tone: 5, nn: 1, 'a/b': 1 }, types);
    expect(same).toBe(graph);
    expect(findings.map(({ rule, path, message }) => [rule, path, message])).toEqual([
      ['structure.parameter_type', '/params/tone', 'The parameter "tone" must be a string; this is a number.'],
      ['structure.parameter_missing', '/params/n', 'The parameter "n" must be given: an integer.'],
      ['structure.parameter_unknown', '/params/nn', 'There is no parameter "nn". There is tone, n.'],
      ['structure.parameter_unknown', '/params/a~1b', 'There is no parameter "a/b". There is tone, n.'],
    ]);
    const guess = fillParameters(graph, parameters, { n: 1, tine: 'x' }, types).findings[0]!.message;
    expect(guess).toBe('There is no parameter "tine". Did you mean "tone"?');
    expect(fillParameters(graph, [], { x: 1 }, types).findings[0]!.message).toContain('The template has none.');
    const described = [parameter('n', { required: true, description: 'how many' })];
    expect(fillParameters(graph, described, {}, types).findings[0]!.message).toContain('a string (how many).');
  });

  it.each<[TemplateParameter['type'], readonly JsonValue[], readonly JsonValue[]]>([
    ['string', ['', 'a'], [1, true, [], {}]],
    ['number', [0, 1.5, -3], ['1', true]],
    ['integer', [0, -3], [1.5, 2 ** 60, '1']],
    ['boolean', [true, false], [0, 'true']],
    ['array', [[], [1]], [{}, 'a']],
    ['object', [{}, { a: 1 }], [[], 'a']],
  ])('knows a %s', (type, good, bad) => {
    const problems = (value: JsonValue) =>
      fillParameters(graphOf({}), [parameter('x', { type })], { x: value }, types).findings.length;
    expect(good.map(problems)).toEqual(good.map(() => 0));
    expect(bad.map(problems)).toEqual(bad.map(() => 1));
  });

  it('does not make more of its parameters than fits', () => {
    const graph = graphOf({ prompt: Array.from({ length: 100 }, () => '{{ params.tone }}') });
    const tone = 'x'.repeat(MAX_FILLED_LENGTH / 50);
    const { graph: same, findings } = fillParameters(graph, [parameter('tone')], { tone }, types);
    expect(same).toBe(graph);
    expect(findings).toEqual([expect.objectContaining({ rule: 'structure.parameter_too_large', path: '/params' })]);
  });

  it('with defaults only leaves the rest as expressions, and makes secrets known as such', () => {
    const declared = [...parameters, parameter('key', { secret: true })];
    const graph = graphOf({ prompt: '{{ params.tone }} {{ params.n }} {{ params.key }}' });
    expect(fillDefaults(graph, declared, types).nodes[0]!.data.config).toEqual({
      prompt: 'kind {{ params.n }} {{ secrets.key }}',
    });
  });
});

describe('Whatever the values are', () => {
  const shape = ({ nodes, edges }: Graph) => ({
    nodes: nodes.map(({ id, type, data }) => [id, type, Object.keys(data), Object.keys(data.config)]),
    edges: edges.map(({ data: _, ...edge }) => edge),
  });

  it('the shape of the graph stays, and what is filled in twice is the same graph', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), (tone, n) => {
        const graph = graphOf(
          { prompt: 'Be {{ params.tone }} {{ params.n }}', when: 'params.tone != ""' },
          'params.n > 1',
        );
        const filled = fillParameters(graph, parameters, { tone, n }, types);
        expect(filled.findings).toEqual([]);
        expect(shape(filled.graph)).toEqual(shape(graph));
        expect(graphDigest(fillParameters(graph, parameters, { tone, n }, types).graph)).toBe(
          graphDigest(filled.graph),
        );
        expect(fillParameters(filled.graph, parameters, { tone: 'other', n: 0 }, types).graph).toEqual({
          ...filled.graph,
          nodes: filled.graph.nodes,
        });
      }),
    );
  });
});

describe('What a template declares', () => {
  const problems = (...declared: readonly TemplateParameter[]) =>
    checkParameters(declared).map(({ path, message }) => `${path} ${message}`);

  it('may have defaults of its types', () => {
    expect(problems(parameter('a', { default: 'x' }), parameter('B_2', { type: 'array', default: [] }))).toEqual([]);
  });

  it('has names that expressions can have, each once', () => {
    expect(
      problems(parameter('a b'), parameter('1a'), parameter('a'), parameter('a'), parameter('constructor')),
    ).toEqual([
      expect.stringContaining('/parameters/0/name'),
      expect.stringContaining('/parameters/1/name'),
      '/parameters/3/name The parameter "a" is declared twice.',
      expect.stringContaining('/parameters/4/name'),
    ]);
  });

  it('has no default that can never be used, and none of another type', () => {
    expect(problems(parameter('a', { required: true, default: 'x' }), parameter('b', { default: 1 }))).toEqual([
      '/parameters/0/default "a" must be given, so that its default is never used: leave one out.',
      '/parameters/1/default The default of "b" must be a string; this is a number.',
    ]);
    expect(problems(parameter('k', { secret: true, type: 'number' }))).toEqual([expect.stringContaining('/0/type')]);
  });

  it('is not endless', () => {
    const many = Array.from({ length: MOST_PARAMETERS + 1 }, (_, at) => parameter(`p${at}`));
    expect(problems(...many)).toEqual([expect.stringContaining('100 are possible')]);
  });
});

describe('What a graph reads of its parameters', () => {
  const problems = (config: JsonObject, condition?: string) =>
    checkParameterUse(graphOf(config, condition), parameters, types)
      .filter(({ severity }) => severity === 'error')
      .map(({ path, message }) => `${path} ${message}`);

  it('must be declared (rule 2)', () => {
    expect(
      problems({ prompt: '{{ params.tone }} {{ has(params.n) }}', when: 'params.n > 1' }, 'params.n == 1'),
    ).toEqual([]);
    expect(problems({ prompt: ['{{ params.tune }}'] }, 'params.m == 1')).toEqual([
      '/nodes/0/data/config/prompt/0 There is no parameter "tune". Did you mean "tone"?',
      '/edges/0/data/condition There is no parameter "m". There is tone, n.',
    ]);
  });

  it('is said of one that nothing reads (rule 3)', () => {
    const [finding, ...more] = checkParameterUse(
      graphOf({ prompt: '{{ params.tone }}', source: '{{ params.n }}' }),
      parameters,
      types,
    );
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ rule: 'structure.parameter_unused', path: '/parameters/1', severity: 'warning' });
  });

  it('must be named (rule 1)', () => {
    expect(problems({ prompt: '{{ params[input.x] }}{{ json(params) }}' })).toEqual([
      '/nodes/0/data/config/prompt A parameter is read by its name: write params.<name>.',
      '/nodes/0/data/config/prompt A parameter is read by its name: write params.<name>.',
    ]);
  });

  it('is left to the validator where it does not parse', () => {
    expect(problems({ prompt: '{{ params. }}' }, 'params.')).toEqual([]);
  });
});
