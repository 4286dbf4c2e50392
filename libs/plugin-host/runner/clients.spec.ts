import { describe, expect, it } from '@jest/globals';
import type { NodeResult } from '#plugin-sdk';
import { answering, recorded } from '#plugin-sdk/testing';
import type { PluginPermissions } from '../installed-node.js';
import { NodeRunner } from './node-runner.js';
import { type Execute, nodeOf, question, request, run, runLater, runner, stepOf, unreachable } from './testing/step.js';

describe('a node without effects', () => {
  it('has a clock that stands still and chance that comes again', () => {
    const look: Execute = ({ to, clock, random }) => to('out', [clock.now(), random(), random()]);
    const { output } = run(look) as NodeResult;
    const [now, first, second] = output as number[];
    expect(now).toBe(1_000);
    expect(first).not.toBe(second);
    expect(run(look)).toEqual({ port: 'out', output });
    expect(run(look, { seed: 'another' })).not.toEqual({ port: 'out', output });
  });

  it.each(['none', 'wait'] as const)('reaches nothing outside: %s', async (effects) => {
    const send: Execute = async ({ http, to }) => to('out', (await http.send(request)).body);
    const ask: Execute = async ({ models, to }) => to('out', (await models.generate(question)).text);
    await expect(runLater(send, { effects })).rejects.toMatchObject({
      code: 'effect_not_declared',
      message: expect.stringContaining('may not use http'),
    });
    await expect(runLater(ask, { effects })).rejects.toMatchObject({ code: 'effect_not_declared' });
  });
});

describe('a node with effects', () => {
  const send: Execute = async ({ http, to }) => to('out', (await http.send(request)).body);
  const ask: Execute = async ({ models, to }) => to('out', (await models.generate(question)).text);

  it('reaches what the host gives, and has a clock that goes', async () => {
    const reaching = new NodeRunner({ http: recorded([{ response: { body: 'there' } }]), models: answering(['said']) });
    expect(await reaching.run(stepOf(nodeOf(send, 'read')))).toMatchObject({ output: 'there' });
    expect(await reaching.run(stepOf(nodeOf(ask, 'write')))).toMatchObject({ output: 'said' });
    const clock = runner.run(stepOf(nodeOf(({ to, clock }) => to('out', clock.now()), 'read')));
    expect(clock).toMatchObject({ output: 9_999 });
  });

  it('may get clients of its own step, made once', async () => {
    const made: string[] = [];
    const own = new NodeRunner({
      http: ({ path }) => {
        made.push(path);
        return recorded([{ response: { body: path } }, {}]);
      },
      models: ({ defaults }) => answering([String(defaults?.['model'])]),
    });
    const twice: Execute = async ({ http, to }) =>
      to('out', [(await http.send(request)).body, (await http.send(request)).body]);
    expect(await own.run(stepOf(nodeOf(twice, 'read')))).toMatchObject({ output: ['loop[0]/n', ''] });
    expect(made).toEqual(['loop[0]/n']);
    expect(await own.run(stepOf(nodeOf(ask, 'read'), { defaults: { model: 'm1' } }))).toMatchObject({ output: 'm1' });
  });

  const http = (hosts: readonly string[]): PluginPermissions => ({ http: hosts, models: [] });
  it.each([
    [['api.example.com'], request.url],
    [['*.example.com'], request.url],
    [['*'], request.url],
  ])('from outside reaches the hosts of its manifest: %j', async (hosts, url) => {
    const reaching = new NodeRunner({ http: recorded([{ url, response: { body: 'there' } }]), models: unreachable });
    expect(await reaching.run(stepOf(nodeOf(send, 'read', http(hosts))))).toMatchObject({ output: 'there' });
  });

  it.each([[[]], [['example.com']], [['*.api.example.com']], [['api.example.com.evil.example']]])(
    'and no others: %j',
    async (hosts) => {
      await expect(runner.run(stepOf(nodeOf(send, 'read', http(hosts))))).rejects.toMatchObject({
        code: 'permission_missing',
      });
    },
  );

  it('from outside follows no redirect, and reaches nothing with a URL that is none', async () => {
    const odd =
      (changes: object): Execute =>
      async (context) =>
        context.to('out', (await context.http.send({ ...request, ...changes })).body);
    const permissions = http(['api.example.com']);
    await expect(runner.run(stepOf(nodeOf(odd({ followRedirects: true }), 'read', permissions)))).rejects.toMatchObject(
      { code: 'permission_missing' },
    );
    await expect(runner.run(stepOf(nodeOf(odd({ url: 'none' }), 'read', permissions)))).rejects.toMatchObject({
      code: 'permission_missing',
    });
  });

  it.each([
    [{ provider: null, model: null }, ['default'], true],
    [{ provider: null, model: null }, ['local/*'], false],
    [{ provider: 'local', model: 'm1' }, ['local/*'], true],
    [{ provider: 'local', model: 'm1' }, ['local/m1'], true],
    [{ provider: 'other', model: 'm1' }, ['local/*'], false],
    [{ provider: null, model: 'm1' }, ['local/*'], false],
    [{ provider: 'local', model: null }, ['local/m1'], false],
    [{ provider: 'other', model: null }, ['*'], true],
  ])('from outside asks the models of its manifest: %j with %j', async (wish, models, allowed) => {
    const asking: Execute = async (context) =>
      context.to('out', (await context.models.generate({ ...question, ...wish })).text);
    const reaching = new NodeRunner({ http: unreachable, models: answering(['said']) });
    const outcome = reaching.run(stepOf(nodeOf(asking, 'read', { http: [], models })));
    if (allowed) expect(await outcome).toMatchObject({ output: 'said' });
    else await expect(outcome).rejects.toMatchObject({ code: 'permission_missing' });
  });
});
