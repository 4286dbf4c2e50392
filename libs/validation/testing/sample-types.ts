import type { NodeTypes } from '#engine';
import { sampleNodes } from '#engine/testing';
import type { JsonObject, NodeDefinition, NodeDescriptor } from '#plugin-sdk';

const like = (base: string, more: Partial<NodeDescriptor>, also: object = {}): NodeDefinition => {
  const definition = sampleNodes.find(base)!;
  return { ...definition, ...also, descriptor: { ...definition.descriptor, ...more } } as NodeDefinition;
};

const object = (properties: JsonObject, required: readonly string[] = []): JsonObject => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

/** Every kind of field once. */
const formSchema = object(
  {
    text: { type: 'string', minLength: 2, maxLength: 5 },
    count: { type: 'integer', minimum: 1, maximum: 10 },
    ratio: { type: 'number' },
    either: { type: ['string', 'null'] },
    mode: { type: 'string', enum: ['fast', 'slow'] },
    flag: { type: 'boolean' },
    when: { type: 'boolean', 'x-condition': true },
    name: { type: 'string', pattern: '^[a-z]+$', 'x-expression': false },
    odd: { type: 'string', pattern: '(' },
    note: { type: 'string', 'x-expression': false },
    items: { type: 'array', minItems: 1, maxItems: 2, items: object({ key: { type: 'string' } }, ['key']) },
    map: { type: 'object', additionalProperties: { type: 'number' } },
    constant: { const: 7 },
    free: {},
  },
  ['text'],
);

const secretName: JsonObject = { 'x-widget': 'secret', 'x-expression': false };
const iterations: JsonObject = { max_iterations: {}, items: {}, while: { 'x-condition': true } };
const variable = object({ operation: {}, variable_name: { 'x-expression': false }, value: {} });

/** Node types for the specs of rules: the engine's samples, and one for each thing that a rule asks of a type. */
const definitions: readonly NodeDefinition[] = [
  ...sampleNodes.all().filter(({ descriptor }) => !['loop', 'map', 'choose'].includes(descriptor.type)),
  like('choose', { canBeDisabled: false }),
  like('loop', { ports: ['continue', 'exit'], configSchema: object({ ...iterations }) }),
  like('map', { ports: ['item', 'done'], configSchema: object({ items: {}, concurrency: {} }) }),
  like('pure', { type: 'form', configSchema: formSchema }),
  like('pure', { type: 'set', configSchema: variable }),
  like('pure', { type: 'hook', entry: 'trigger' }),
  like('pure', { type: 'leaving', deprecated: { successor: 'pure' } }),
  like('pure', { type: 'twice', version: 2 }),
  like('pure', { type: 'twice', version: 1 }),
  like('pure', { type: 'tokens', configSchema: object({ max_tokens: { type: 'integer' } }) }),
  like('pure', {
    type: 'call',
    effects: { by: '/method', read: ['GET'], else: 'write' },
    configSchema: {
      type: 'object',
      properties: { headers: { 'x-secrets': true }, auth: { type: 'object', properties: { secret: secretName } } },
    },
  }),
  like('look', {
    type: 'ask_model',
    configSchema: object({
      provider: {},
      model: {},
      tools: {},
      response_schema: {},
      images: {},
      stream: {},
      max_tokens: {},
    }),
  }),
  like('look', {
    type: 'sends',
    configSchema: object({
      headers: { 'x-secrets': true },
      auth: object({ secret: secretName }),
    }),
  }),
  like('look', { type: 'call_tool', configSchema: object({ tool_name: {} }) }),
  like('ask', {
    type: 'approve',
    category: 'human',
    consent: { port: 'approved', unless: { at: '/on_expire', is: 'approved' } },
    configSchema: object({ guards: { 'x-expression': false }, on_expire: {}, expires_ms: {} }),
  }),
  like('signal', { type: 'hear', configSchema: object({ expires_ms: {} }) }),
  like('child', { type: 'run', configSchema: object({ definition_id: {} }) }),
  like('speak', { type: 'talk', aliases: { types: ['say'], config: {}, handles: {} } }),
  like(
    'pure',
    { type: 'own' },
    {
      validate: () => [
        { path: '/x', message: 'Not so.' },
        { path: '', message: 'Hm.', severity: 'warning' },
      ],
    },
  ),
  like('merge', { type: 'illegible' }, { join: () => JSON.parse('{') as never }),
  like('pure', { type: 'broken' }, { validate: () => JSON.parse('{') as never }),
];

export const sampleTypes: NodeTypes = {
  find(type, version) {
    const fitting = definitions.filter(
      ({ descriptor }) => descriptor.type === type || descriptor.aliases.types.includes(type),
    );
    return version === undefined ? fitting[0] : fitting.find(({ descriptor }) => descriptor.version === version);
  },
  all: () => definitions,
};
