import { executionStream, idOf, verifyChain, type OpenChange, type RecordedEvent } from '#event-store';
import { Refusal } from '#engine';
import type { ExecutionEngine } from '../../execution-engine.js';
import { caller, EngineUnderTest } from '../engine-under-test.js';
import { Chance } from './chance.js';
import type { Place } from './connection.js';
import { SharedTable } from './shared-table.js';
import { SimulatedProcess, type World } from './simulated-process.js';
import { VirtualTime } from './virtual-time.js';
import { childGraphs, kinds, type Kind } from './wishes.js';

const troubleMs = 40_000;
const patienceMs = 120_000;
const workers = 3;
const ofEachKind = 3;

/**
 * Several processes over one log, in virtual time: they are killed, frozen and cut off, their requests and answers get lost,
 * as a seed has it. Then all is well again, and what was accepted must come to its end by itself, once, with no call of a step that
 * was recorded as done.
 */
export class Simulation {
  /** What must never be, and was. */
  readonly violations: string[] = [];
  /** What happened, for who looks into it. */
  readonly told: string[] = [];
  calls = 0;
  private readonly time = new VirtualTime();
  private readonly chance: Chance;
  private readonly under = new EngineUnderTest();
  private readonly table = new SharedTable(() => this.time.now);
  private readonly processes: SimulatedProcess[] = [];
  private readonly healedAt = this.time.now + troubleMs;
  /** How many clients have not heard yet that their wish was granted. */
  private asking = 0;
  private readonly open = new Set<string>();
  private readonly expected = new Map<string, Kind['end']>();
  /** Idempotency keys of steps that the log says are done. */
  private readonly done = new Set<string>();
  private listedAt = 0;

  constructor(seed: number) {
    this.chance = new Chance(seed);
  }

  async run(): Promise<void> {
    this.time.install();
    try {
      for (const [id, graph] of childGraphs) await this.under.publish(graph, id);
      void this.readLog();
      this.start('front');
      for (let n = 0; n < workers; n += 1) this.start('worker');
      for (const [name, kind] of Object.entries(kinds))
        for (let n = 0; n < ofEachKind; n += 1) void this.wish(kind, `${name} ${n}`);
      void this.trouble();
      const isOver = () => this.time.now >= this.healedAt && this.asking === 0 && this.open.size === 0;
      if (!(await this.time.until(isOver, troubleMs + patienceMs))) await this.tellWhatIsLeft();
      await this.time.until(() => false, 5_000); // for what has ended to be let go
      await this.examine();
    } finally {
      this.time.uninstall();
    }
  }

  private start(role: 'front' | 'worker'): void {
    const world: World = {
      time: this.time,
      chance: this.chance,
      table: this.table,
      under: this.under,
      onOpenChange: (...change) => this.listLater(...change),
      onCall: (process, key) => this.called(process, key),
      log: (process, message, fields) => {
        this.tell(`${process}: ${message} ${JSON.stringify(fields)}`);
        if (message === 'Execution parked') this.violations.push(`${process} parked ${JSON.stringify(fields)}`);
      },
    };
    const one = new SimulatedProcess(`${role} ${this.processes.length + 1}`, role === 'worker', world);
    this.processes.push(one);
    void one.start().then(() => this.tell(`${one.name} is up`));
  }

  private async trouble(): Promise<void> {
    while (this.time.now < this.healedAt) {
      await this.time.rest(this.chance.between(100, 2_500));
      const one = this.chance.of(this.processes.filter(({ connection }) => connection.isUp));
      const ms = Math.round(this.chance.between(200, 12_000));
      if (one) this.chance.of(this.troubles(one, ms))!();
    }
    this.tell('all is well again');
    for (const { connection } of this.processes) connection.heal();
  }

  private troubles(one: SimulatedProcess, ms: number): (() => void)[] {
    const { name, connection, drives } = one;
    const cutOff = (place: Place) => () => {
      this.tell(`${name} does not reach the ${place} for ${ms} ms`);
      connection.cutOff(place, ms);
    };
    const freeze = () => {
      this.tell(`${name} is frozen for ${ms} ms`);
      connection.freeze(ms);
    };
    const kill = () => {
      this.tell(`${name} is killed`);
      connection.kill();
      void this.time.rest(this.chance.between(100, 5_000)).then(() => this.start(drives ? 'worker' : 'front'));
    };
    const lose = () => {
      this.tell(`${name} loses some of what it says and hears for ${ms} ms`);
      connection.lose(0.3, ms);
    };
    return [kill, freeze, freeze, cutOff('log'), cutOff('table'), lose];
  }

  /** A client: begins an execution, and later asks for what is to become of it. */
  private async wish(kind: Kind, idempotencyKey: string): Promise<void> {
    this.asking += 1;
    await this.time.rest(this.chance.between(0, troubleMs / 2));
    const definition_id = await this.under.publish(kind.graph, definitionId(kind));
    const request = { workflow_type: 'definition', definition_id, input_data: {} } as const;
    const id = await this.insist(async (engine) => {
      const run = await engine.begin(request, { caller, requestDigest: '', idempotencyKey });
      await run.accepted();
      this.expected.set(run.executionId, kind.end);
      return run.executionId;
    });
    if (kind.then) {
      await this.time.rest(this.chance.between(0, troubleMs / 2));
      await this.insist((engine) => kind.then!(engine, id!));
    }
    this.asking -= 1;
  }

  /** One process or another is asked, until one answers. Null: the answer is no. */
  private async insist<T>(ask: (engine: ExecutionEngine) => Promise<T>): Promise<T | null> {
    for (;;) {
      const engine = this.chance.of(this.processes.filter(({ connection }) => !connection.isDead))?.engine;
      const answer = engine && (await Promise.race([answerOf(ask(engine)), this.time.rest(5_000)]));
      if (answer) return answer.value;
      await this.time.rest(this.chance.between(50, 500));
    }
  }

  /** The list of open executions is told what an append has said, in the order of the log, and a while later. */
  private listLater(stream: string, open: OpenChange, revision: bigint): void {
    this.listedAt = Math.max(this.listedAt, this.time.now + this.chance.between(1, 60));
    void this.time.rest(this.listedAt - this.time.now).then(() => this.table.take(stream, open, revision));
  }

  private called(process: string, key: string): void {
    this.calls += 1;
    if (this.done.has(key)) this.violations.push(`${process} called ${key}, which was done`);
  }

  private async readLog(): Promise<void> {
    for await (const event of this.under.store.subscribe({ categories: ['execution'] })) {
      if (!('stream' in event)) continue;
      if (event.type === 'ExecutionAccepted') this.open.add(event.stream);
      if (event.type === 'StepCompleted') this.done.add(`exec_${idOf(event.stream)}/${pathIn(event)}`);
      if (endings.includes(event.type)) this.open.delete(event.stream);
    }
  }

  private async tellWhatIsLeft(): Promise<void> {
    if (this.asking > 0) this.violations.push(`${this.asking} clients were never answered`);
    for (const stream of this.open) {
      const row = this.table.row(stream);
      const listed = row ? `${row.status}, driven by ${row.driver}` : 'not listed';
      this.violations.push(`${stream} (${listed}) did not end`);
      for await (const { type, data, envelope } of this.under.store.readStream(stream))
        this.told.push(`${envelope.at} ${stream} ${type} ${data.slice(0, 160)}`);
    }
  }

  private async examine(): Promise<void> {
    for (const [executionId, end] of this.expected) {
      const stream = executionStream(executionId);
      const ends: string[] = [];
      for await (const { type } of this.under.store.readStream(stream)) if (endings.includes(type)) ends.push(type);
      if (ends.length > 0 && ends.join() !== end) this.violations.push(`${stream} came to ${ends.join(' and ')}`);
      const chain = await verifyChain(stream, this.under.store.readStream(stream));
      if (!chain.valid) this.violations.push(`${stream} has a broken chain`);
    }
    for (const { name, connection, engine } of this.processes) {
      const active = connection.isUp && this.open.size === 0 ? (engine?.stats().active ?? 0) : 0;
      if (active > 0) this.violations.push(`${name} keeps ${active} in memory`);
    }
  }

  private tell(what: string): void {
    this.told.push(`${new Date(this.time.now).toISOString()} ${what}`);
  }
}

const endings = ['ExecutionCompleted', 'ExecutionFailed', 'ExecutionCancelled'];

const pathIn = ({ data }: RecordedEvent): string => (JSON.parse(data) as { path: string }).path;

const definitionId = (kind: Kind): string =>
  `00000000-0000-4000-8000-00000000010${Object.values<Kind>(kinds).indexOf(kind)}`;

/** A refusal is an answer; anything else is none. */
const answerOf = <T>(asked: Promise<T>): Promise<{ readonly value: T | null } | null> =>
  asked.then(
    (value) => ({ value }),
    (error: unknown) => (error instanceof Refusal ? { value: null } : null),
  );
