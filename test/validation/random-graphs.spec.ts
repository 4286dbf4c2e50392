import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileGraph } from '#engine';
import { loadPlugins, type NodeCatalogue } from '#plugin-host';
import type { JsonObject, JsonValue } from '#plugin-sdk';
import { type SentGraph, WorkflowValidator } from '#validation';

let catalogue: NodeCatalogue;
let validator: WorkflowValidator;

beforeAll(async () => {
  const builtIn = fileURLToPath(new URL('../../plugins/', import.meta.url));
  ({ catalogue } = await loadPlugins({ builtIn, mode: 'production' }));
  validator = new WorkflowValidator(catalogue.types());
});

/** It has an answer of the right shape, and what it calls valid can be made ready to run. */
function isAnswered(sent: SentGraph): void {
  const result = validator.validate(sent);
  const answer = result.toApiResponse();
  expect(Object.keys(answer.validation)).toEqual(['structure', 'security', 'capability', 'resource']);
  expect(answer.is_valid).toBe(answer.valid);
  expect(answer.valid).toBe(answer.errors.length === 0);
  const inLayers = Object.values(answer.validation).flatMap(({ errors, warnings }) => [...errors, ...warnings]);
  expect(inLayers).toHaveLength(answer.errors.length + answer.warnings.length);
  for (const { path, message } of inLayers) {
    expect(path).toMatch(/^(\/|$)/);
    expect(message).toMatch(/\S/);
  }
  if (answer.valid)
    expect(() => compileGraph(result.graph!, (type, version) => catalogue.find(type, version))).not.toThrow();
}

/** A piece of a graph with one way in and one way out. */
type Piece = fc.Memo<Plan>;
type Plan =
  | { readonly type: 'task' }
  | { readonly type: 'in turn'; readonly parts: readonly Plan[] }
  | { readonly type: 'either'; readonly one: Plan; readonly other: Plan }
  | { readonly type: 'both'; readonly one: Plan; readonly other: Plan }
  | { readonly type: 'for each'; readonly body: Plan }
  | { readonly type: 'or mend'; readonly part: Plan };

const plan: Piece = fc.memo((depth) => {
  const task = fc.constant<Plan>({ type: 'task' });
  if (depth <= 1) return task;
  return fc.oneof(
    task,
    fc.record({ type: fc.constant('in turn' as const), parts: fc.array(plan(), { minLength: 1, maxLength: 3 }) }),
    fc.record({ type: fc.constant('either' as const), one: plan(), other: plan() }),
    fc.record({ type: fc.constant('both' as const), one: plan(), other: plan() }),
    fc.record({ type: fc.constant('for each' as const), body: plan() }),
    fc.record({ type: fc.constant('or mend' as const), part: plan() }),
  );
});

interface Way {
  readonly source: string;
  readonly source_handle?: string;
}

/** Builds what is right by construction. */
class Drawing {
  readonly nodes: JsonObject[] = [];
  readonly edges: JsonObject[] = [];

  node(type: string, config: JsonObject = {}): string {
    const id = `${type}-${this.nodes.length}`;
    this.nodes.push({ id, type, data: { config } });
    return id;
  }

  join(ways: readonly Way[], target: string, target_handle = 'in'): void {
    for (const way of ways) this.edges.push({ ...way, target, target_handle });
  }

  draw(piece: Plan, from: readonly Way[]): readonly Way[] {
    switch (piece.type) {
      case 'task': {
        const task = this.node('transform', { value: '{{ default(incoming, input) }}' });
        this.join(from, task);
        return [{ source: task }];
      }
      case 'in turn':
        return piece.parts.reduce((ways, part) => this.draw(part, ways), from);
      case 'either': {
        const choice = this.node('conditional', { condition: 'has(input.yes)' });
        this.join(from, choice);
        const one = this.draw(piece.one, [{ source: choice, source_handle: 'true' }]);
        return [...one, ...this.draw(piece.other, [{ source: choice, source_handle: 'false' }])];
      }
      case 'both': {
        const fork = this.draw({ type: 'task' }, from);
        const merge = this.node('merge', { join: 'all' });
        this.join([...this.draw(piece.one, fork), ...this.draw(piece.other, fork)], merge);
        return [{ source: merge }];
      }
      case 'for each': {
        const loop = this.node('loop', { max_iterations: 2 });
        this.join(from, loop);
        const seen = this.node('transform', { value: '{{ [index, item] }}' });
        this.join([{ source: loop, source_handle: 'continue' }], seen);
        this.join(this.draw(piece.body, [{ source: seen }]), loop, 'back');
        return [{ source: loop, source_handle: 'exit' }];
      }
      case 'or mend': {
        const ways = this.draw(piece.part, from);
        const risk = this.node('http_request', { url: 'https://example.com/{{ input.path }}' });
        this.join(ways, risk);
        const mend = this.node('error_handler', { fallback_value: '{{ error.code }}' });
        this.join([{ source: risk, source_handle: 'error' }], mend);
        return [{ source: risk }, { source: mend }];
      }
    }
  }
}

function drawn(piece: Plan): { readonly nodes: readonly JsonObject[]; readonly edges: readonly JsonObject[] } {
  const drawing = new Drawing();
  const start = drawing.node('start');
  const ways = drawing.draw(piece, [{ source: start }]);
  drawing.join(ways, drawing.node('end'));
  return drawing;
}

const examples = readdirSync(new URL('./good/', import.meta.url)).map(
  (file) =>
    (JSON.parse(readFileSync(new URL(`./good/${file}`, import.meta.url), 'utf8')) as { graph: JsonObject }).graph,
);

/** Every place in a value. */
const placesIn = (value: JsonValue, path: readonly string[] = []): readonly (readonly string[])[] => [
  path,
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]: [string, JsonValue]) => placesIn(inner, [...path, key]))
    : []),
];

function replaced(value: JsonValue, [key, ...rest]: readonly string[], by: JsonValue): JsonValue {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...(value as readonly JsonValue[])] : { ...(value as JsonObject) }) as Record<
    string,
    JsonValue
  >;
  copy[key] = replaced(copy[key]!, rest, by);
  return copy;
}

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>,
  fc.constantFrom<JsonValue>(
    'start',
    'end',
    'in',
    'back',
    'error',
    '{{ item }}',
    '{{',
    '{{ nodes.x.output }}',
    'loop',
    'merge',
    -1,
    1e21,
    '',
    [],
  ),
  fc.constantFrom<JsonValue>(
    '__proto__',
    'constructor',
    'toString',
    '\ud800',
    'a'.repeat(1_000),
    'x-/~1',
    '{{ input.a + }}',
    '{{ 1 }} {{ true && 2 }}',
  ),
);

describe('the validator, given anything', () => {
  it('answers for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (nodes, edges) => isAnswered({ nodes, edges })),
      { numRuns: 300 },
    );
  });

  it('answers for a good graph in which one or two things were changed', () => {
    const changes = fc.array(fc.tuple(fc.nat(), odd), { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(fc.constantFrom(...examples), changes, (graph, list) => {
        const changed = list.reduce<JsonValue>((value, [at, by]) => {
          const places = placesIn(value).filter(({ length }) => length > 1);
          return places.length === 0 ? value : replaced(value, places[at % places.length]!, by);
        }, graph);
        isAnswered(changed as SentGraph);
      }),
      { numRuns: 1_500 },
    );
  });
});

describe('the validator, given what is right by construction', () => {
  it('finds nothing wrong', () => {
    fc.assert(
      fc.property(plan(5), (piece) => {
        const graph = drawn(piece);
        fc.pre(graph.nodes.length <= 200);
        expect(validator.validate({ ...graph }).toApiResponse().errors).toEqual([]);
        isAnswered({ ...graph });
      }),
      { numRuns: 300 },
    );
  });

  it('finds one edge that is bent to come back by "in"', () => {
    fc.assert(
      fc.property(plan(4), fc.nat(), (piece, at) => {
        const { nodes, edges } = drawn(piece);
        const end = nodes.at(-1)!['id'];
        const ends = edges.map((edge, index) => ({ edge, index })).filter(({ edge }) => edge['target'] === end);
        const { index } = ends[at % ends.length]!;
        const bent = edges.map((edge, place) => (place === index ? { ...edge, target: nodes[1]!['id']! } : edge));
        fc.pre(nodes[1]!['id'] !== end);
        expect(validator.validate({ nodes, edges: bent }).valid).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});
