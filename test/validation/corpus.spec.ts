import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { NodeTypes } from '#engine';
import { loadPlugins } from '#plugin-host';
import type { NodeDefinition } from '#plugin-sdk';
import {
  type Permissions,
  type RequestBounds,
  type SentGraph,
  type ServerFacts,
  type ValidationAnswer,
  type ValidatorOptions,
  validationRules,
  validationSizeRules,
  WorkflowValidator,
} from '#validation';

/** One file: a graph as a client sends it, and what is to be said of it. */
interface Example {
  readonly graph: SentGraph;
  /** Bad ones: the rule that refuses it (or, as a warning, only says so), where, of which node, and in which words. */
  readonly rule?: string;
  readonly severity?: 'warning';
  readonly at?: string;
  readonly node?: string;
  readonly says?: string;
  /** Where it is not only the graph that decides. */
  readonly under?: Circumstances;
  /** Good ones: the rules that warn. Default: none. */
  readonly warnings?: readonly string[];
}

interface Circumstances extends RequestBounds {
  readonly limits?: ValidatorOptions['limits'];
  readonly disabledTypes?: readonly string[];
  /** Node type → what its manifest lists. */
  readonly permissions?: Readonly<Record<string, Permissions>>;
  /** Node type → its successor. */
  readonly deprecated?: Readonly<Record<string, string>>;
  /** Node type → a version that is newer than the one there is. */
  readonly newer?: Readonly<Record<string, number>>;
}

const examplesIn = (folder: 'good' | 'bad'): [string, Example][] =>
  readdirSync(new URL(`./${folder}/`, import.meta.url)).map((file) => {
    const text = readFileSync(new URL(`./${folder}/${file}`, import.meta.url), 'utf8');
    return [file.replace('.json', '').replaceAll('-', ' '), JSON.parse(text) as Example];
  });

const good = examplesIn('good');
const bad = examplesIn('bad');

let nodeTypes: NodeTypes;
let types: string[];

beforeAll(async () => {
  const builtIn = fileURLToPath(new URL('../../plugins/', import.meta.url));
  const { catalogue, refused } = await loadPlugins({ builtIn, mode: 'production' });
  expect(refused).toEqual([]);
  types = catalogue.all().map(({ definition }) => definition.descriptor.type);
  nodeTypes = catalogue.types();
});

/** A server with two models, one of which can do little, and two tools. */
const able = { tools: true, structured_output: true, streaming: true };
const unable = { tools: false, structured_output: false, streaming: false, images: false };
const facts: ServerFacts = {
  providers: ['local'],
  models: [
    { provider: 'local', model: 'extractive-1', default: true, features: able, answer_price: 10 },
    { provider: 'local', model: 'plain', default: false, features: unable, answer_price: 10 },
  ],
  tools: [{ name: 'calculator' }, { name: 'current_time' }],
  permissionsOf: () => null,
};

/** What is installed, with these differences. */
function typesUnder({ deprecated = {}, newer = {} }: Circumstances): NodeTypes {
  const changed = (definition: NodeDefinition, version?: number): NodeDefinition => {
    const { descriptor } = definition;
    const successor = deprecated[descriptor.type];
    const newest = version === undefined ? newer[descriptor.type] : undefined;
    const change = { ...(successor && { deprecated: { successor } }), ...(newest && { version: newest }) };
    return { ...definition, descriptor: { ...descriptor, ...change } } as NodeDefinition;
  };
  return {
    find: (type, version) => {
      const found = nodeTypes.find(type, version);
      return found && changed(found, version);
    },
    all: () => nodeTypes.all().map((definition) => changed(definition)),
  };
}

function validatorUnder(under: Circumstances = {}): WorkflowValidator {
  const { limits = {}, disabledTypes = [], permissions = {} } = under;
  return new WorkflowValidator(typesUnder(under), {
    egressAllow: [],
    limits,
    disabledTypes,
    facts: () => ({ ...facts, permissionsOf: (type) => permissions[type] ?? null }),
  });
}

const answerFor = (graph: SentGraph, under?: Circumstances): ValidationAnswer =>
  validatorUnder(under).validate(graph, 'usr_1', 'validate', under).toApiResponse();
const rulesOf = (issues: ValidationAnswer['errors']): string[] => issues.map(({ rule }) => rule);

describe('the corpus', () => {
  it('is worth its name', () => {
    expect(good.length).toBeGreaterThanOrEqual(200);
    expect(bad.length).toBeGreaterThanOrEqual(200);
  });

  it('breaks every rule that there is', () => {
    const all = [...validationRules, ...validationSizeRules].map(({ name }) => name as string);
    const broken = new Set(bad.map(([, { rule }]) => rule));
    expect(all.filter((name) => !broken.has(name))).toEqual([]);
  });

  it('is of rules that the guide explains, each of them', () => {
    const guide = readFileSync(new URL('../../docs/guides/validation.md', import.meta.url), 'utf8');
    const all = [...validationRules, ...validationSizeRules].map(({ name }) => name as string);
    expect(all.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
  });

  it('has every node type in good graphs', () => {
    const used = new Set(good.flatMap(([, { graph }]) => (graph.nodes as { type: string }[]).map(({ type }) => type)));
    expect(types.filter((type) => !used.has(type))).toEqual([]);
    expect(types.length).toBeGreaterThan(15);
  });

  it('is judged alike when it is saved, checked and executed', () => {
    let compared = 0;
    for (const [, { graph, under }] of [...good, ...bad]) {
      const validator = validatorUnder(under);
      const [saved, checked, executed] = ['save', 'validate', 'execute'].map((context) =>
        validator.validate(graph, 'usr_1', context, under).toApiResponse(),
      );
      expect(checked).toEqual(saved);
      expect(executed).toEqual(saved);
      compared += 1;
    }
    expect(compared).toBe(good.length + bad.length);
  });
});

describe('a good graph', () => {
  it.each(good)('%s', (_name, { graph, warnings = [], under }) => {
    const answer = answerFor(graph, under);
    expect(answer.errors).toEqual([]);
    expect([...new Set(rulesOf(answer.warnings))]).toEqual(warnings);
    expect(answer).toMatchObject({ valid: true, is_valid: true });
  });

  it.each(good)('%s: says the same of its canonical form', (_name, { graph }) => {
    const validator = validatorUnder();
    const canonical = validator.validate(graph).graph!;
    expect(validator.validateGraph(canonical).valid).toBe(true);
  });
});

describe('a bad graph', () => {
  it.each(bad)('%s', (_name, { graph, rule = '', severity = 'error', at, node, says = '', under }) => {
    const answer = answerFor(graph, under);
    expect(answer.valid).toBe(severity === 'warning');
    const issues = severity === 'warning' ? answer.warnings : answer.errors;
    expect(rulesOf(issues)).toContain(rule);
    const found = issues.find((issue) => issue.rule === rule)!;
    expect(found.layer).toBe(rule.split('.')[0]);
    expect(answer.validation[found.layer].valid).toBe(severity === 'warning');
    if (at !== undefined) expect(found.path).toBe(at);
    if (node !== undefined) expect(found.node_id).toBe(node);
    expect(found.message).toContain(says);
  });

  it.each(bad.filter(([, { rule }]) => rule === 'security.literal_secret'))(
    '%s: is not told again',
    (_name, { graph }) => {
      const told = JSON.stringify(answerFor(graph));
      const tokens = JSON.stringify(graph).match(/[\w.-]{20,}/g) ?? [];
      expect(tokens.filter((token) => told.includes(token))).toEqual([]);
    },
  );
});

describe('a graph that is too large', () => {
  const start = { id: 'start', type: 'start' };
  const task = (index: number) => ({ id: `n${index}`, type: 'transform', data: { config: { value: index } } });
  const fan = (count: number) => ({
    nodes: [start, ...Array.from({ length: count }, (_, index) => task(index))],
    edges: Array.from({ length: count }, (_, index) => ({ source: 'start', target: `n${index}` })),
  });
  const parallel = (count: number) => ({
    nodes: [start, { id: 'end', type: 'end' }],
    edges: Array.from({ length: count }, (_, index) => ({ id: `e${index}`, source: 'start', target: 'end' })),
  });
  const valued = (value: unknown) => ({
    nodes: [start, { id: 'a', type: 'transform', data: { config: { value } } }, { id: 'end', type: 'end' }],
    edges: [
      { source: 'start', target: 'a' },
      { source: 'a', target: 'end' },
    ],
  });
  const nested = (levels: number) => Array.from({ length: levels }).reduce((inner: unknown) => [inner], 0);

  it.each<[string, SentGraph, string]>([
    ['5,000 nodes', fan(4_999), 'resource.nodes'],
    ['501 nodes', fan(500), 'resource.nodes'],
    ['2,001 edges', parallel(2_001), 'resource.edges'],
    ['a config of 300 KiB', valued('words '.repeat(51_200)), 'resource.config_size'],
    ['a config of 70 levels', valued(nested(70)), 'resource.config_depth'],
    ['a config of 10,000 levels', valued(nested(10_000)), 'resource.config_depth'],
  ])('of %s is refused before anything else is looked at', (_what, graph, rule) => {
    const { validation, errors } = answerFor(graph);
    expect(rulesOf(errors)[0]).toBe(rule);
    expect(validation.resource).toMatchObject({ valid: false, skipped: false });
    expect(validation.structure).toEqual({ valid: false, skipped: true, errors: [], warnings: [] });
  });

  it('of 101 edges out of one port is refused', () => {
    expect(rulesOf(answerFor(fan(101)).errors)).toEqual(['resource.fan_out']);
  });

  it('of nearly as much as is allowed is warned of', () => {
    const answer = answerFor(parallel(1_999));
    expect(rulesOf(answer.warnings)).toContain('resource.edges');
    expect(rulesOf(answerFor(fan(90)).warnings)).toEqual(['structure.no_end', 'resource.fan_out']);
  });
});
