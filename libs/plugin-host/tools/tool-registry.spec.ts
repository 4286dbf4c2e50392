import { describe, expect, it, jest } from '@jest/globals';
import {
  defineTool,
  Field,
  field,
  IsString,
  type JsonObject,
  type JsonValue,
  Matches,
  NodeFailure,
  type PlainToolOutline,
  type Tool,
  type ToolContext,
  toTool,
  ValidateBy,
  WorkflowTool,
} from '#plugin-sdk';
import { recorded } from '#plugin-sdk/testing';
import type { PluginPermissions } from '../installed-node.js';
import { nodeOf, plugin, request, stepOf, unreachable } from '../runner/testing/step.js';
import type { OutsideClients } from '../runner/clients.js';
import type { StepInvocation } from '../runner/step-invocation.js';
import { NodeRunner } from '../runner/node-runner.js';
import { installedTool } from './installed-tool.js';
import type { RegisteredTool } from './registered-tool.js';
import { MAX_TOOL_RESULT_BYTES, ToolRegistry } from './tool-registry.js';

const fields = { text: field.string({ min: 1 }), times: field.integer({ default: 1, max: 3 }) };
type Outline = PlainToolOutline<typeof fields>;

const toolOf = (name: string, changes: Partial<Outline> = {}, permissions?: PluginPermissions): RegisteredTool =>
  installedTool(
    defineTool({
      name,
      description: `Does ${name}.`,
      effects: 'read',
      arguments: fields,
      execute: ({ args }) => args.text.repeat(args.times),
      ...changes,
    }),
    { plugin, ...(permissions && { permissions }) },
  );

const clients: OutsideClients = { http: unreachable, models: unreachable };
const writing = (changes: Partial<StepInvocation> = {}) =>
  stepOf(
    nodeOf(({ to }) => to('out', null), 'write'),
    changes,
  );
const clientOf = (tools: readonly RegisteredTool[], changes: Partial<StepInvocation> = {}, outside = clients) =>
  new ToolRegistry({ tools, now: () => 9_999 }).clientFor(writing(changes), outside);

describe('the tools of a step', () => {
  it('are those of the server, by name, as plain descriptions', () => {
    const registry = new ToolRegistry({ tools: [toolOf('b'), toolOf('a', { effects: 'write', idempotent: true })] });
    expect(registry.list().map(({ name, available }) => [name, available])).toEqual([
      ['a', true],
      ['b', true],
    ]);
    expect(registry.clientFor(writing(), clients).list()[0]).toEqual({
      name: 'b',
      description: 'Does b.',
      effects: 'read',
      idempotent: false,
      argumentsSchema: expect.objectContaining({ type: 'object', required: ['text'] }),
      source: '@test/it',
    });
  });

  it('are called with their defaults filled in', async () => {
    const client = clientOf([toolOf('repeat')]);
    expect(await client.call('repeat', { text: 'ab', times: 2 })).toBe('abab');
    expect(await client.call('repeat', { text: 'ab' })).toBe('ab');
  });

  it.each<[unknown, string]>([
    [{}, 'repeat: arguments.text is missing.'],
    [{ text: 5 }, 'arguments.text is a number, but has to be a string.'],
    [{ text: 'a', times: 4 }, 'arguments.times is 4, but may be at most 3.'],
    [{ text: 'a', tims: 1 }, 'arguments.tims is no field of this tool. Did you mean "times"?'],
    [null, 'arguments has to be an object.'],
    [['a'], 'arguments has to be an object.'],
    [{ text: undefined }, 'arguments.text is undefined'],
  ])('are not called with %j', async (args, message) => {
    const execute = jest.fn(() => null);
    const client = clientOf([toolOf('repeat', { execute })]);
    await expect(client.call('repeat', args as JsonObject)).rejects.toMatchObject({
      code: 'tool_arguments_invalid',
      message: expect.stringContaining(message),
      retryable: false,
    });
    expect(execute).not.toHaveBeenCalled();
  });

  it('check by the validators of their class, too', async () => {
    class Args {
      @IsString() @Matches(/^[a-z]+$/i) @Field({ label: 'Word' }) word!: string;
    }
    @WorkflowTool({ name: 'shout', description: 'Shouts.', effects: 'none', arguments: Args })
    class Shout implements Tool<Args> {
      execute({ args: { word }, clock }: ToolContext<Args>): JsonValue {
        return [word.toUpperCase(), clock.now()];
      }
    }
    const client = clientOf([installedTool(toTool(Shout), { plugin })]);
    expect(await client.call('shout', { word: 'hi' })).toEqual(['HI', 1_000]);
    await expect(client.call('shout', { word: 'h1' })).rejects.toMatchObject({
      code: 'tool_arguments_invalid',
      message: expect.stringContaining('arguments.word'),
    });
  });

  it('are not called where their own validators break', async () => {
    const broken = () => {
      throw new Error('broken');
    };
    class Args {
      @ValidateBy({ name: 'broken', validator: { validate: broken } }) @Field({ label: 'Word' }) word!: string;
    }
    @WorkflowTool({ name: 'odd', description: 'Is odd.', effects: 'none', arguments: Args })
    class Odd implements Tool<Args> {
      execute = () => 'called';
    }
    const client = clientOf([installedTool(toTool(Odd), { plugin })]);
    await expect(client.call('odd', { word: 'a' })).rejects.toMatchObject({
      ...{ code: 'tool_arguments_invalid', message: 'odd: arguments cannot be checked: Error: broken' },
    });
  });

  it('are none but those that the execution allows', async () => {
    const execute = jest.fn(() => 'called');
    const tools = [toolOf('one', { execute }), toolOf('two')];
    const client = clientOf(tools, { defaults: { allowed_tools: ['two', 'three'] } });
    expect(client.list().map(({ name }) => name)).toEqual(['two']);
    await expect(client.call('one', { text: 'a' })).rejects.toMatchObject({
      code: 'tool_not_allowed',
      message: 'There is no tool "one" that this execution may use. It may use two.',
    });
    expect(execute).not.toHaveBeenCalled();
    await expect(clientOf(tools, { defaults: { allowed_tools: [] } }).call('two', {})).rejects.toMatchObject({
      message: expect.stringContaining('It may use none.'),
    });
    expect(clientOf(tools, { defaults: { allowed_tools: null } }).list()).toHaveLength(2);
    await expect(clientOf(tools).call('tow', {})).rejects.toMatchObject({
      message: expect.stringContaining('Did you mean "two"?'),
    });
    const many = Array.from({ length: 30 }, (_, at) => toolOf(`t${at}`));
    await expect(clientOf(many).call('none', {})).rejects.toMatchObject({ message: expect.stringMatching(/, …\.$/) });
  });

  it('that write are not called by a step that only reads', async () => {
    const execute = jest.fn(() => null);
    const registry = new ToolRegistry({ tools: [toolOf('save', { effects: 'write', execute })] });
    const step = stepOf(nodeOf(({ to }) => to('out', null), 'read'));
    await expect(registry.clientFor(step, clients).call('save', { text: 'a' })).rejects.toMatchObject({
      code: 'effect_not_declared',
    });
    expect(execute).not.toHaveBeenCalled();
  });

  it('carry the key of the step, and from the second call on its number', async () => {
    const execute: Outline['execute'] = ({ idempotencyKey }) => idempotencyKey;
    const tools = [toolOf('save', { effects: 'write', execute })];
    const client = clientOf(tools);
    expect(await client.call('save', { text: 'a' })).toBe('exec_1/loop[0]/n');
    expect(await client.call('save', { text: 'a' })).toBe('exec_1/loop[0]/n/call[1]');
    expect(await clientOf(tools).call('save', { text: 'a' })).toBe('exec_1/loop[0]/n');
  });

  it('give JSON of a bounded size, or fail', async () => {
    const giving = (result: unknown, effects: 'read' | 'write' = 'read') =>
      clientOf([toolOf('give', { effects, execute: () => result as JsonValue })]).call('give', { text: 'a' });
    const most = 'x'.repeat(MAX_TOOL_RESULT_BYTES - 2);
    expect(await giving(most)).toBe(most);
    await expect(giving(`${most}x`)).rejects.toMatchObject({ code: 'tool_result_invalid', uncertain: false });
    await expect(giving(undefined)).rejects.toMatchObject({ code: 'tool_result_invalid' });
    await expect(giving(() => 1, 'write')).rejects.toMatchObject({ code: 'tool_result_invalid', uncertain: true });
  });

  it('fail as they say, and as internal where they break', async () => {
    const failing = (error: unknown, changes: Partial<StepInvocation> = {}) =>
      clientOf([toolOf('f', { execute: () => Promise.reject(error) })], changes).call('f', { text: 'a' });
    await expect(failing(new NodeFailure({ code: 'no_seat', message: 'Full.' }))).rejects.toMatchObject({
      code: 'no_seat',
    });
    await expect(failing(new TypeError('odd'))).rejects.toMatchObject({ code: 'internal', retryable: true });
    await expect(failing(new Error('x'), { signal: AbortSignal.abort() })).rejects.toMatchObject({ uncertain: true });
  });

  it('that are away can be tried again', async () => {
    const away: RegisteredTool = { ...toolOf('far'), available: false };
    const registry = new ToolRegistry({ tools: [], sources: [{ tools: () => [away], reading: ['far'] }] });
    expect(registry.list()).toMatchObject([{ name: 'far', available: false }]);
    const client = registry.clientFor(writing(), clients);
    expect(client.list()).toEqual([]);
    await expect(client.call('far', { text: 'a' })).rejects.toMatchObject({
      code: 'tool_unavailable',
      retryable: true,
    });
  });

  it('stand by name in the descriptors that ask for them', () => {
    const names = { reading: [], idempotent: [] };
    const tools = [toolOf('a', { effects: 'none' }), toolOf('b'), toolOf('c', { effects: 'write', idempotent: true })];
    void new ToolRegistry({ tools, names, sources: [{ tools: () => [], reading: ['s__d'] }] });
    expect(names).toEqual({ reading: ['a', 'b', 's__d'], idempotent: ['c'] });
  });
});

describe('what a tool reaches', () => {
  const look: Outline['execute'] = async ({ http, clock, log }) => {
    log.debug('d');
    log.info('i', { a: 1 });
    log.warn('w');
    return [(await http.send(request)).body, clock.now()];
  };
  const there = (): OutsideClients => ({ ...clients, http: recorded([{ response: { body: 'there' } }]) });

  it('is what its effects say', async () => {
    const logged: string[] = [];
    const onLog = (level: string, message: string) => void logged.push(`${level} ${message}`);
    const tool = toolOf('look', { execute: look });
    expect(await clientOf([tool], { onLog }, there()).call('look', { text: 'a' })).toEqual(['there', 9_999]);
    expect(logged).toEqual(['debug d', 'info i', 'warn w']);
    const pure = toolOf('look', { execute: look, effects: 'none' });
    await expect(clientOf([pure], {}, there()).call('look', { text: 'a' })).rejects.toMatchObject({
      code: 'effect_not_declared',
      message: expect.stringContaining('"look" has the effects "none"'),
    });
  });

  it('is what the manifest of its plugin says, whoever calls it', async () => {
    const of = (http: readonly string[]) =>
      clientOf([toolOf('look', { execute: look }, { http, models: [] })], {}, there()).call('look', { text: 'a' });
    expect(await of(['api.example.com'])).toEqual(['there', 9_999]);
    await expect(of(['other.example.com'])).rejects.toMatchObject({ code: 'permission_missing' });
  });

  it('are documents, where the server has any and its plugin is built in', async () => {
    const execute: Outline['execute'] = async ({ documents }) =>
      (await documents.search({ query: 'q', collection: null, limit: 1, scoreThreshold: null })).length;
    const documents = { search: async () => [] };
    const search = (outside: OutsideClients, permissions?: PluginPermissions) =>
      clientOf([toolOf('s', { execute }, permissions)], {}, outside).call('s', { text: 'a' });
    expect(await search({ ...clients, documents })).toBe(0);
    await expect(search(clients)).rejects.toMatchObject({ code: 'not_available' });
    await expect(search({ ...clients, documents }, { http: [], models: [] })).rejects.toMatchObject({
      code: 'permission_missing',
    });
  });
});

describe('a node from outside', () => {
  const registry = new ToolRegistry({ tools: [toolOf('one'), toolOf('two')] });
  const runner = new NodeRunner({ ...clients, tools: (step) => registry.clientFor(step, clients) });
  const asked = (permissions: PluginPermissions | undefined, effects: 'none' | 'read' = 'read') =>
    runner.run(
      stepOf(
        nodeOf(
          async ({ tools, to }) =>
            to('out', [tools.list().map(({ name }) => name), await tools.call('one', { text: 'a' })]),
          effects,
          permissions,
        ),
      ),
    );

  it('calls the tools of its manifest, and sees no others', async () => {
    expect(await asked({ http: [], models: [], tools: ['one'] })).toMatchObject({ output: [['one'], 'a'] });
    expect(await asked({ http: [], models: [], tools: ['*'] })).toMatchObject({ output: [['one', 'two'], 'a'] });
    expect(await asked(undefined)).toMatchObject({ output: [['one', 'two'], 'a'] });
    for (const tools of [[], ['two'], undefined]) {
      await expect(asked({ http: [], models: [], ...(tools && { tools }) })).rejects.toMatchObject({
        code: 'tool_not_allowed',
        message: expect.stringContaining('chatter.permissions.tools'),
      });
    }
  });

  it('without effects sees none', async () => {
    await expect(asked(undefined, 'none')).rejects.toMatchObject({ code: 'effect_not_declared' });
  });
});
