import type {
  Arrival,
  JoinDefinition,
  JsonObject,
  JsonValue,
  NodeDefinition,
  NodeDescriptor,
  ScopeDefinition,
  TaskDefinition,
  WaitDefinition,
} from '#plugin-sdk';
import type { NodeTypes } from '../graph/graph.js';
import type { UsableNode } from '../graph/compiled-graph.js';

/** The least node types that show every kind: what the rules are tested with, independent of any plugin. */
const describe = <K extends NodeDescriptor['kind']>(
  kind: K,
  type: string,
  more: Partial<Omit<NodeDescriptor, 'kind'>> = {},
): NodeDescriptor & { readonly kind: K } => ({
  type,
  version: 1,
  kind,
  label: type,
  description: '',
  category: 'control',
  ports: ['out'],
  effects: 'none',
  idempotent: false,
  terminal: false,
  streams: false,
  canBeDisabled: true,
  configSchema: { type: 'object' },
  aliases: { types: [], config: {}, handles: {} },
  ...more,
});

/** Never executed in these tests: they tell the decider what it came to. */
const notRun = (): never => {
  throw new Error('A task is carried out by the worker, not by the rules.');
};

const task = (
  type: string,
  more: Partial<Omit<NodeDescriptor, 'kind'>> = {},
  also: Partial<TaskDefinition> = {},
): TaskDefinition => ({
  descriptor: describe('task', type, more),
  execute: notRun,
  ...also,
});

const merge: JoinDefinition = {
  descriptor: describe('join', 'merge'),
  join: (config) => ({
    mode: (config['join'] as 'all' | 'any' | 'n' | undefined) ?? 'all',
    n: Number(config['n'] ?? 0),
  }),
  combine: (_config, arrivals: readonly Arrival[]) =>
    Object.fromEntries(arrivals.map(({ source, value }) => [source, value])),
};

/** `{times}` or `{while}`: sequential. */
const loop: ScopeDefinition = {
  descriptor: describe('scope', 'loop', {
    ports: ['exit'],
    bodyPort: 'continue',
    configSchema: { type: 'object', properties: { while: { 'x-condition': true } } },
  }),
  next(config, { started, running, ended }) {
    if (running > 0) return { type: 'stay' };
    const last = ended.at(-1);
    if (last && !last.ok) return { type: 'fail', failure: last.failure };
    const goesOn = started < Number(config['times'] ?? 100) && config['while'] !== false;
    if (goesOn) return { type: 'iterate', item: started };
    return { type: 'settle', port: 'exit', output: { iterations: started, last: last?.ok ? last.value : null } };
  },
};

/** `{items, concurrency, on_error}` */
const map: ScopeDefinition = {
  descriptor: describe('scope', 'map', { ports: ['done'], bodyPort: 'item' }),
  next(config, { started, running, ended }) {
    const items = config['items'] as readonly JsonValue[];
    const failed = ended.find((end) => !end.ok);
    if (failed && !failed.ok && config['on_error'] !== 'skip') return { type: 'fail', failure: failed.failure };
    if (started < items.length) {
      return running < Number(config['concurrency'] ?? 10)
        ? { type: 'iterate', item: items[started]! }
        : { type: 'stay' };
    }
    if (running > 0) return { type: 'stay' };
    return { type: 'settle', port: 'done', output: ended.flatMap((end) => (end.ok ? [end.value] : [])) };
  },
};

const pause: WaitDefinition = {
  descriptor: describe('wait', 'pause', { effects: 'wait' }),
  begin: (config, { now }) => ({ timer: { dueAt: now + Number(config['ms']) } }),
  onEvent: (_config, _event, { incoming }) => ({ type: 'settle', port: 'out', output: incoming }),
};

/** `{name, ms?}` */
const signal: WaitDefinition = {
  descriptor: describe('wait', 'signal', { effects: 'wait', ports: ['out', 'expired'] }),
  begin: (config, { now }) => ({
    signal: { name: String(config['name']) },
    ...(config['ms'] !== undefined && { timer: { dueAt: now + Number(config['ms']) } }),
  }),
  onEvent: (_config, event) =>
    event.type === 'signal'
      ? { type: 'settle', port: 'out', output: event.payload }
      : { type: 'settle', port: 'expired', output: null },
};

/** `{title, show?, assignees?, guards?, quorum?, ms?}` */
const ask: WaitDefinition = {
  descriptor: describe('wait', 'ask', { effects: 'wait', ports: ['approved', 'rejected', 'expired'] }),
  begin: (config, { now }) => ({
    approval: {
      title: String(config['title'] ?? ''),
      show: config['show'] ?? null,
      assignees: (config['assignees'] ?? []) as readonly string[],
      fields: null,
      guards: (config['guards'] ?? null) as string | null,
      quorum: Number(config['quorum'] ?? 1),
    },
    ...(config['ms'] !== undefined && { timer: { dueAt: now + Number(config['ms']) } }),
  }),
  onEvent: (_config, event) =>
    event.type === 'decision'
      ? { type: 'settle', port: event.decision, output: { by: [...event.by] } }
      : { type: 'settle', port: 'expired', output: null },
};

/** `{id, wait?}` */
const child: WaitDefinition = {
  descriptor: describe('wait', 'child', { effects: 'wait', idempotent: true }),
  begin: (config) => ({
    child: { definitionId: String(config['id']), version: null, input: {}, wait: config['wait'] !== false },
  }),
  onEvent: (_config, event) => {
    if (event.type === 'child_failed') return { type: 'fail', failure: event.failure };
    if (event.type === 'child_completed') return { type: 'settle', port: 'out', output: event.output };
    return { type: 'settle', port: 'out', output: event.type === 'child_accepted' ? event.executionId : null };
  },
};

/** `{turns}`: calls a `look` and a `change` in each turn, and gives their outputs. */
const turns: Partial<TaskDefinition> = {
  callsSteps: (config) => (config['turns'] === undefined ? [] : ['look', 'change']),
  nextCalls(config, { ended }) {
    const lost = ended.find((end) => !end.ok);
    if (lost && !lost.ok) return { type: 'fail', failure: lost.failure };
    const turn = ended.length / 2;
    if (turn >= Number(config['turns']))
      return { type: 'settle', port: 'out', output: ended.map((end) => (end.ok ? end.output : null)) };
    return {
      type: 'call',
      steps: [
        { name: `turn[${turn}]`, node_type: 'look', config: { turn } },
        { name: `turn[${turn}]/tool[0]`, node_type: 'change', config: { turn } },
      ],
    };
  },
};

const retrying: Partial<TaskDefinition> = {
  retriesFor: (config: JsonObject) => (config['retries'] === undefined ? null : Number(config['retries'])),
};

const definitions: readonly NodeDefinition[] = [
  task('start', { entry: 'start', canBeDisabled: false }),
  task('end', { terminal: true, ports: [] }),
  task('pure'),
  task('look', { effects: 'read' }),
  task('change', { effects: 'write' }),
  task('keyed', { effects: 'write', idempotent: true }),
  task('choose', { ports: ['true', 'false'] }),
  task('speak', { effects: 'read', textAt: '/text' }),
  task('handler', { ports: ['handled'] }, retrying),
  task('caller', { effects: 'read' }, turns),
  merge,
  loop,
  map,
  pause,
  signal,
  ask,
  child,
];

const byType = new Map(definitions.map((definition) => [definition.descriptor.type, definition]));

export const sampleNodes: NodeTypes = { find: (type) => byType.get(type), all: () => definitions };

export const sampleUsable = (type: string): UsableNode | undefined => {
  const definition = byType.get(type);
  return definition && { definition, prepare: (resolved) => resolved };
};
