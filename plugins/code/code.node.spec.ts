import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '@chatter/plugin-sdk';
import { runNode } from '@chatter/plugin-sdk/testing';
import { CodeNode } from './code.node.js';

const run = (source: string, more: JsonObject = {}, given: { incoming?: JsonValue; seed?: string } = {}) =>
  runNode(CodeNode, { config: { source, ...more }, input: { n: 2 }, variables: { v: 3 }, ...given });
const outputOf = async (source: string, more?: JsonObject, given?: { incoming?: JsonValue }) =>
  (await run(source, more, given)).output;

describe('the code node', () => {
  it('is given what there is, and gives on what the code returns', async () => {
    const source = 'return { sum: incoming.n + input.n + variables.v, nodes: Object.keys(nodes) };';
    expect(await outputOf(source, {}, { incoming: { n: 1 } })).toEqual({ sum: 6, nodes: [] });
  });

  it('gives null for nothing, and waits for a promise', async () => {
    expect(await outputOf('')).toBeNull();
    expect(await outputOf('return Promise.all([1, Promise.resolve(2)]);')).toEqual([1, 2]);
    await expect(run('return Promise.reject(new Error("no"));')).rejects.toMatchObject({ code: 'code_error' });
    await expect(run('return new Promise(() => {});')).rejects.toMatchObject({ code: 'code_error' });
  });

  it('has a clock that stands still, and chance that comes again', async () => {
    const source =
      'return [Date.now(), new Date().toISOString(), new Date(0).getTime(), Math.random(), Math.random()];';
    const first = (await outputOf(source)) as number[];
    expect(first.slice(0, 3)).toEqual([1767225600000, '2026-01-01T00:00:00.000Z', 0]);
    expect(first[3]).not.toBe(first[4]);
    expect(await outputOf(source)).toEqual(first);
    expect((await run(source, {}, { seed: 'another' })).output).not.toEqual(first);
  });

  it('logs what it says', async () => {
    const { logs } = await run('console.log("seen", { a: 1 }); console.warn([2]);');
    expect(logs.map(({ message }) => message)).toEqual(['seen {"a":1}', '[2]']);
  });

  it.each([
    ['throw new Error("my own");', 'code_error', 'Error: my own (line 1 of the source)'],
    ['const a = 1;\nreturn a.b.c;', 'code_error', 'line 2 of the source'],
    ['return ((;', 'code_syntax', 'SyntaxError'],
    ['const f = () => f() + 1; return f();', 'code_error', 'stack overflow'],
    ['throw "a text";', 'code_error', 'a text'],
    ['return 1n;', 'code_error', 'BigInt'],
    ['const a = {}; a.a = a; return a;', 'code_error', 'circular'],
  ])('says what went wrong, and where: %s', async (source, code, message) => {
    await expect(run(source)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      retryable: false,
    });
  });

  it('leaves nothing behind for the next', async () => {
    await run('globalThis.left = 1; Array.prototype.left = 2; Object.prototype.polluted = 3;');
    expect(await outputOf('return [typeof globalThis.left, [].left ?? null, ({}).polluted ?? null];')).toEqual([
      'undefined',
      null,
      null,
    ]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('is ended with its step', async () => {
    const abort = new AbortController();
    const running = runNode(CodeNode, {
      config: { source: 'for (;;);', timeout_ms: 60_000 },
      signal: abort.signal,
    });
    setTimeout(() => abort.abort(new Error('cancelled')), 50);
    await expect(running).rejects.toThrow('cancelled');
    expect(await outputOf('return 1;')).toBe(1);
  });

  it('runs many at the same time, each by itself', async () => {
    const outputs = await Promise.all(
      Array.from({ length: 20 }, (_, n) => outputOf('return incoming * 2;', {}, { incoming: n })),
    );
    expect(outputs).toEqual(Array.from({ length: 20 }, (_, n) => n * 2));
  });
});

describe('code that means harm', () => {
  const reaching = [
    'process',
    'require',
    'module',
    'fetch',
    'XMLHttpRequest',
    'WebSocket',
    'setTimeout',
    'setInterval',
    'setImmediate',
    'Buffer',
    'WebAssembly',
    'Worker',
    'navigator',
    'Deno',
    'Bun',
    'std',
    'os',
    'print',
    'scriptArgs',
    '__log',
    'SharedArrayBuffer',
  ];
  it('finds nothing to reach outside with', async () => {
    const found = await outputOf(
      `return ${JSON.stringify(reaching)}.filter((name) => typeof globalThis[name] !== 'undefined');`,
    );
    expect(found).toEqual(['SharedArrayBuffer'].filter((name) => (found as string[]).includes(name)));
    expect(reaching).toHaveLength(21);
  });

  it.each([
    ['import("node:fs")', 'code_error'],
    ['return import("node:fs").then((fs) => fs.readFileSync("/etc/passwd", "utf8"));', 'code_error'],
  ])('imports nothing: %s', async (source, code) => {
    const outcome = run(source);
    if (source.startsWith('return')) await expect(outcome).rejects.toMatchObject({ code });
    else expect((await outcome).output).toBeNull();
  });

  it('cannot get out through a constructor', async () => {
    const source = 'return typeof (() => {}).constructor("return this")().process;';
    expect(await outputOf(source)).toBe('undefined');
    const host = 'return Object.keys(console.log.constructor("return this")()).includes("process");';
    expect(await outputOf(host)).toBe(false);
  });

  it.each([
    ['for (;;);', {}],
    ['return /^(a+)+$/.test("a".repeat(40) + "b");', {}],
    ['const a = []; for (;;) a.push(a.length % 7);', { memory_mb: 256 }],
    ['let s = "x"; for (;;) s = s.split("").reverse().join("");', {}],
    ['return [..."x".repeat(1e6)].map((c) => /(x+x+)+y/.test("x".repeat(30)));', {}],
  ])('is ended in time: %s', async (source, more) => {
    await expect(run(source, { timeout_ms: 100, ...more })).rejects.toMatchObject({
      code: expect.stringMatching(/^code_(timeout|out_of_memory)$/),
    });
    expect(await outputOf('return "well";')).toBe('well');
  });

  it.each([
    'const a = []; for (;;) a.push("x".repeat(1e6) + a.length);',
    'return new ArrayBuffer(200 * 1024 * 1024).byteLength;',
    'let s = "x"; for (;;) s += s;',
    'return Array.from({ length: 1e8 }, (_, i) => [i]);',
  ])('is ended within its memory: %s', async (source) => {
    const before = process.memoryUsage().rss;
    await expect(run(source, { timeout_ms: 10_000, memory_mb: 32 })).rejects.toMatchObject({
      code: expect.stringMatching(/^code_(out_of_memory|error)$/),
    });
    expect((process.memoryUsage().rss - before) / 1024 ** 2).toBeLessThan(300);
    expect(await outputOf('return "well";')).toBe('well');
  });
});
