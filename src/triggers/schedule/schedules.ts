import { Timers } from '#runtime';
import { isSchedule, type LiveTrigger, type LiveTriggers, type TriggerLog } from '../live-triggers.js';
import type { Schedule } from '../trigger.js';
import { nextDue, planFirings } from './firings.js';

/** Begins the execution of one moment, or finds it begun. Resolves once it is accepted. */
export type BeginFiring = (live: LiveTrigger<Schedule>, scheduledAt: number) => Promise<void>;

export interface ScheduleParts {
  readonly live: Pick<LiveTriggers, 'listen'>;
  readonly begin: BeginFiring;
  readonly now: () => number;
  readonly log: TriggerLog;
}

interface Entry {
  readonly live: LiveTrigger<Schedule>;
  readonly key: string;
  /** Says whether it is still the same schedule. */
  readonly same: string;
  doneUpTo: number;
  /** Nothing is to be done before this, ms since the epoch. */
  due: number;
}

/** A clock that is set while nothing is due is noticed after this. */
const lookAgainMs = 60_000;
const restMs = 1_000;
const atOnce = 100;

/**
 * Begins what schedules ask for. There is no table of timers: what was begun is known by the executions themselves, whose
 * ids are derived from definition and moment, so that a moment begins one execution, whoever comes to begin it again.
 */
export class Schedules {
  private readonly entries = new Map<string, Entry>();
  private readonly timers: Timers;
  private startedAt = Infinity;
  private unlisten: () => void = () => undefined;
  private waking: Promise<void> = Promise.resolve();

  constructor(private readonly parts: ScheduleParts) {
    this.timers = new Timers({
      now: parts.now,
      nextDue: () => Promise.resolve(this.nextDue()),
      wakeDue: () => this.wake(),
    });
  }

  /** From now on. What came due before is missed. */
  async start(): Promise<void> {
    this.startedAt = this.parts.now();
    this.unlisten = this.parts.live.listen((id, live) => this.change(id, live));
    await this.timers.start();
  }

  async stop(): Promise<void> {
    this.unlisten();
    this.timers.stop();
    await this.waking;
  }

  /** Begins whatever is due. */
  wake(): Promise<void> {
    this.waking = this.waking.then(() => this.beginDue());
    return this.waking;
  }

  private change(definitionId: string, live: LiveTrigger | null): void {
    if (!live || !isSchedule(live)) return void this.entries.delete(definitionId);
    const same = JSON.stringify([live.since, live.trigger]);
    const before = this.entries.get(definitionId);
    const doneUpTo = before?.same === same ? before.doneUpTo : live.since;
    const key = `${live.tenant} ${definitionId}`;
    const entry = { live, key, same, doneUpTo, due: Infinity };
    this.entries.set(definitionId, entry);
    this.doneUpTo(entry, doneUpTo);
    this.timers.notice(entry.due);
  }

  private watched({ live, key }: Entry) {
    return { schedule: live.trigger, key, watchedFrom: this.startedAt };
  }

  private async beginDue(): Promise<void> {
    const now = this.parts.now();
    const due = [...this.entries.values()].filter((entry) => entry.due <= now);
    for (let from = 0; from < due.length; from += atOnce) {
      await Promise.all(due.slice(from, from + atOnce).map((entry) => this.beginOf(entry, now)));
    }
  }

  private async beginOf(entry: Entry, now: number): Promise<void> {
    const { begin, doneUpTo } = planFirings(this.watched(entry), entry.doneUpTo, now);
    try {
      for (const at of begin) {
        await this.parts.begin(entry.live, at);
        this.doneUpTo(entry, at);
      }
      this.doneUpTo(entry, doneUpTo);
    } catch (error) {
      entry.due = this.parts.now() + restMs;
      const facts = { err: error, definition_id: entry.live.definitionId };
      this.parts.log.warn(facts, 'What is scheduled cannot be begun; it is tried again in a second');
    }
  }

  private doneUpTo(entry: Entry, at: number): void {
    entry.doneUpTo = at;
    entry.due = nextDue(this.watched(entry), at) ?? Infinity;
  }

  private nextDue(): number {
    let next = this.parts.now() + lookAgainMs;
    for (const { due } of this.entries.values()) next = Math.min(next, due);
    return next;
  }
}
