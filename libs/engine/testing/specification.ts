import { expect } from '@jest/globals';
import type { JsonObject, JsonValue, NodeResult } from '#plugin-sdk';
import type { CompiledGraph } from '../graph/compiled-graph.js';
import type { ExecutionCommand } from '../execution/execution.commands.js';
import { decide } from '../execution/execution.decider.js';
import type { Accepted, ExecutionEvent, Limits } from '../execution/execution.events.js';
import { evolve } from '../execution/execution.evolve.js';
import { initialState, type ExecutionState } from '../execution/execution.state.js';

export const noon = '2026-01-01T12:00:00.000Z';

/** So many ms after noon. */
export const after = (ms: number): string => new Date(Date.parse(noon) + ms).toISOString();

export const limits: Limits = {
  deadline: null,
  max_bytes: 1e9,
  max_cost: null,
  max_events: 50_000,
  max_steps: 10_000,
  max_total_tokens: null,
  timeout_ms: 300_000,
};

export const accepted = (more: Partial<Accepted> = {}): Omit<Accepted, 'scheduled'> => ({
  config: {},
  definition_id: null,
  definition_name: null,
  definition_version: null,
  graph_digest: 'sha256:0',
  input: {},
  limits,
  node_types: {},
  process: 'p1',
  request_digest: '',
  rules: 1,
  subject: 'usr_1',
  tags: [],
  template_id: null,
  template_name: null,
  warnings: [],
  workflow_type: 'custom',
  ...more,
});

/** A wish without its time (noon). */
export type Wish = ExecutionCommand extends infer C
  ? C extends ExecutionCommand
    ? Omit<C, 'at'> & { at?: string }
    : never
  : never;

export const accept = (more: Partial<Accepted> = {}): Wish => ({ type: 'Accept', accepted: accepted(more) });

export const complete = (
  path: string,
  output: JsonValue = null,
  port = 'out',
  attempt = 1,
  more: Partial<NodeResult> = {},
): Wish => ({
  type: 'CompleteStep',
  path,
  attempt,
  result: { port, output, ...more },
});

export const fail = (
  path: string,
  more: { attempt?: number; code?: string; retryable?: boolean; at?: string; uncertain?: 'timeout' } = {},
): Wish => {
  const { attempt = 1, code = 'broken', retryable = true, at, uncertain } = more;
  const failure = { code, message: code, retryable };
  return { type: 'FailStep', path, attempt, failure, chance: 0, ...(at && { at }), ...(uncertain && { uncertain }) };
};

export const begin = (path: string, attempt = 1, config: JsonObject = {}): Wish => ({
  type: 'StartStep',
  path,
  attempt,
  config,
  pluginDigest: 'd',
});

/** One execution under test: told wishes one after the other, asked what it decided. */
export class Specified {
  readonly state: ExecutionState = initialState('1');
  readonly history: { event: ExecutionEvent; at: string }[] = [];
  decided: readonly ExecutionEvent[] = [];

  constructor(readonly graph: CompiledGraph) {}

  tell(wish: Wish): this {
    const at = wish.at ?? noon;
    this.decided = decide(this.state, { ...wish, at } as ExecutionCommand, this.graph);
    this.history.push(...this.decided.map((event) => ({ event, at })));
    return this;
  }

  /** The last wish led to these events, in short: type, and the members named. */
  then(...expected: readonly (string | readonly [string, object])[]): this {
    const wanted = expected.map((each) =>
      typeof each === 'string'
        ? { type: each }
        : { type: each[0], data: expect.objectContaining(each[1] as Record<string, unknown>) },
    );
    expect(this.decided).toEqual(wanted.map((each) => expect.objectContaining(each)));
    return this;
  }

  thenNothing(): this {
    expect(this.decided).toEqual([]);
    return this;
  }

  /** The steps that are scheduled and not started, by path. */
  get ready(): string[] {
    return [...this.state.open].filter((step) => step.status === 'scheduled').map((step) => step.path);
  }

  statusOf(path: string): string | undefined {
    return this.state.steps.get(path)?.status;
  }

  /** Folding what was recorded gives the state that deciding left behind. */
  expectFoldable(): this {
    const folded = initialState('1');
    for (const { event, at } of this.history)
      evolve(folded, JSON.parse(JSON.stringify(event)) as ExecutionEvent, { at });
    expect(folded).toEqual(this.state);
    return this;
  }
}

export const given = (graph: CompiledGraph, ...wishes: readonly Wish[]): Specified => {
  const specified = new Specified(graph);
  for (const wish of wishes) specified.tell(wish);
  return specified;
};
