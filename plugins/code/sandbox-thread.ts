import { parentPort } from 'node:worker_threads';
import RELEASE from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core';
import type { Job, JobOutcome } from './sandbox-messages.js';

/**
 * Runs jobs one after the other, each in a JavaScript engine of its own inside WebAssembly.
 *
 * 1. Its memory has a hard end: that of the WebAssembly instance, which is thrown away once it has been reached.
 * 2. Its time has one: the engine is interrupted. Should even that fail, whoever sent the job ends this thread.
 * 3. It reaches nothing: there is no module, file, network or process in it; its clock and its chance are given.
 */
const MiB = 1024 * 1024;
const page = 64 * 1024;
const stackBytes = 256 * 1024;
const mostLogs = 100;
const longestLog = 2_000;

/** Not among the types of the language. */
interface WithWebAssembly {
  readonly WebAssembly: { readonly Memory: new (bounds: { initial: number; maximum: number }) => never };
}
const { Memory } = (globalThis as unknown as WithWebAssembly).WebAssembly;
const variant = RELEASE as unknown as QuickJSSyncVariant;

const modules = new Map<number, Promise<QuickJSWASMModule>>();

const moduleFor = (memoryMb: number): Promise<QuickJSWASMModule> => {
  const known = modules.get(memoryMb);
  if (known) return known;
  const wasmMemory = new Memory({ initial: (16 * MiB) / page, maximum: (memoryMb * MiB) / page });
  const made = newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory }) as QuickJSSyncVariant);
  modules.set(memoryMb, made);
  return made;
};

/** What the code finds besides the language: a clock that stands still, chance that comes again, and a log. */
const prelude = (now: number, seed: number): string => `
  (() => {
    const RealDate = Date;
    const now = ${now};
    const FixedDate = function (...parts) {
      if (!new.target) return new RealDate(now).toString();
      return parts.length === 0 ? new RealDate(now) : new RealDate(...parts);
    };
    FixedDate.prototype = RealDate.prototype;
    FixedDate.prototype.constructor = FixedDate;
    FixedDate.now = () => now;
    FixedDate.UTC = RealDate.UTC;
    FixedDate.parse = RealDate.parse;
    globalThis.Date = FixedDate;
    let state = ${seed >>> 0};
    Math.random = () => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
    const log = globalThis.__log;
    delete globalThis.__log;
    const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value) ?? String(value));
    const say = (...values) => log(values.map(text).join(' '));
    globalThis.console = { log: say, info: say, warn: say, error: say, debug: say };
  })();`;

async function run(job: Job): Promise<JobOutcome> {
  const logs: string[] = [];
  try {
    const module = await moduleFor(job.memoryMb);
    const outcome = runIn(module, job, logs);
    if (!outcome.ok && outcome.code === 'code_out_of_memory') modules.delete(job.memoryMb); // rule 1
    return outcome;
  } catch (error) {
    modules.delete(job.memoryMb); // whatever state it was left in, nobody else gets it
    return {
      ok: false,
      code: 'code_out_of_memory',
      message: `The code ended its sandbox: ${String(error)}`,
      line: null,
      logs,
    };
  }
}

function runIn(module: QuickJSWASMModule, job: Job, logs: string[]): JobOutcome {
  const runtime = module.newRuntime();
  runtime.setMemoryLimit((job.memoryMb - 4) * MiB);
  runtime.setMaxStackSize(stackBytes);
  const until = performance.now() + job.timeoutMs;
  runtime.setInterruptHandler(() => performance.now() > until); // rule 2
  const context = runtime.newContext();
  try {
    provideLog(context, logs);
    evaluated(context, prelude(job.now, job.seed)).dispose();
    return called(context, job, logs);
  } catch (error) {
    return { ...readError(error, performance.now() > until), logs };
  } finally {
    context.dispose();
    runtime.dispose();
  }
}

function provideLog(context: QuickJSContext, logs: string[]): void {
  using log = context.newFunction('log', (text) => {
    if (logs.length < mostLogs) logs.push(context.getString(text).slice(0, longestLog));
  });
  context.setProp(context.global, '__log', log);
}

/** The source stands from line 2 on. */
const asFunction = (source: string): string => `((incoming, input, nodes, variables) => {\n${source}\n})`;

function called(context: QuickJSContext, { source, given }: Job, logs: readonly string[]): JobOutcome {
  using body = evaluated(context, asFunction(source), 'code');
  context.setProp(context.global, '__body', body);
  using text = context.newString(given);
  context.setProp(context.global, '__given', text);
  using result = evaluated(
    context,
    `(() => {
      const { incoming, input, nodes, variables } = JSON.parse(globalThis.__given);
      const body = globalThis.__body;
      delete globalThis.__given;
      delete globalThis.__body;
      return body(incoming, input, nodes, variables);
    })()`,
  );
  using settled = settledOf(context, result);
  context.setProp(context.global, '__result', settled);
  using json = evaluated(context, 'JSON.stringify(globalThis.__result) ?? "null"');
  return { ok: true, json: context.getString(json), logs };
}

/** A promise is waited for as far as it can be: nothing comes from outside. */
function settledOf(context: QuickJSContext, result: QuickJSHandle): QuickJSHandle {
  if (context.typeof(result) !== 'object') return result.dup();
  context.runtime.executePendingJobs().dispose();
  const state = context.getPromiseState(result);
  if (state.type === 'fulfilled') return state.value === result ? result.dup() : state.value;
  if (state.type === 'rejected') throw thrown(context, state.error);
  throw new Thrown({ name: 'Error', message: 'It returned a promise that never settles: nothing comes from outside.' });
}

interface Dumped {
  readonly name?: string;
  readonly message?: string;
  readonly stack?: string;
}

class Thrown extends Error {
  readonly what: Dumped;

  constructor(what: Dumped) {
    super('thrown in the sandbox');
    this.what = what;
  }
}

function evaluated(context: QuickJSContext, source: string, name = 'sandbox'): QuickJSHandle {
  const result = context.evalCode(source, `${name}.js`);
  if (result.error) throw thrown(context, result.error);
  return result.value;
}

function thrown(context: QuickJSContext, error: QuickJSHandle): Thrown {
  const what = context.dump(error) as Dumped | string | null;
  error.dispose();
  return new Thrown(typeof what === 'object' && what !== null ? what : { name: 'Error', message: String(what) });
}

function readError(error: unknown, late: boolean): Omit<Extract<JobOutcome, { ok: false }>, 'logs'> {
  if (!(error instanceof Thrown)) throw error;
  const { name = 'Error', message = '', stack = '' } = error.what;
  const line = lineIn(stack);
  if (late || message === 'interrupted')
    return { ok: false, code: 'code_timeout', message: 'The code took longer than its timeout_ms.', line: null };
  if (message === 'out of memory')
    return { ok: false, code: 'code_out_of_memory', message: 'The code used more than its memory_mb.', line };
  return {
    ok: false,
    code: name === 'SyntaxError' ? 'code_syntax' : 'code_error',
    message: `${name}: ${message}`,
    line,
  };
}

/** `at <anonymous> (code.js:3:5)`, where the source began at line 2. */
function lineIn(stack: string): number | null {
  const line = /code\.js:(\d+)/.exec(stack)?.[1];
  return line === undefined ? null : Math.max(1, Number(line) - 1);
}

parentPort!.on('message', (job: Job) => {
  void run(job).then((outcome) => parentPort!.postMessage(outcome));
});
