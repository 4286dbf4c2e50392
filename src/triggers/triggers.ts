import { hash } from 'node:crypto';
import { holds } from '#engine';
import type { Position } from '#event-store';
import type { ActiveDefinition, ReadModel } from '#read-model';
import type { ExecutionEngine } from '#runtime';
import type { Accounts } from '../auth/accounts.js';
import type { Definitions } from '../definitions/definitions.js';
import { type LiveTriggers, type LiveTrigger, type TriggerLog } from './live-triggers.js';
import { Schedules } from './schedule/schedules.js';
import type { Schedule } from './trigger.js';

export interface TriggerParts {
  readonly live: LiveTriggers;
  readonly definitions: Pick<Definitions, 'find'>;
  readonly lists: Pick<ReadModel, 'definitions' | 'waitFor'>;
  readonly head: () => Promise<Position | null>;
  readonly engine: Pick<ExecutionEngine, 'begin'>;
  readonly accounts: Pick<Accounts, 'rightsOf'>;
  readonly log: TriggerLog;
  readonly now?: () => number;
}

const page = 200;
/** While that is not enough, what is not known is answered with 503. */
const patienceMs = 2_000;
const lookAgainMs = 30_000;

/**
 * Takes up the triggers of active definitions at the start. The list says where to look; what is so, their streams say. A
 * list that is still being made is looked at again.
 */
export class Triggers {
  readonly schedules: Schedules;
  private readonly taken = new Set<string>();
  private again: NodeJS.Timeout | undefined;
  private stopped = false;
  private whole = false;

  constructor(private readonly parts: TriggerParts) {
    this.schedules = new Schedules({
      live: parts.live,
      begin: (live, scheduledAt) => this.begin(live, scheduledAt),
      now: parts.now ?? Date.now,
      log: parts.log,
    });
  }

  /** `schedules`: whether this process looks at the clock. Of several each may, and one execution comes of it. */
  async start({ schedules = true }: { readonly schedules?: boolean } = {}): Promise<void> {
    await this.takeUp();
    if (schedules) await this.schedules.start();
    if (!this.whole) this.lookAgain();
  }

  /** Everything that is active is known. Until then, what is not known may be active all the same. */
  get isWhole(): boolean {
    return this.whole;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.again);
    await this.schedules.stop();
  }

  /** Whether the owner of a definition may still run it. */
  mayRun(owner: string, tenant: string): boolean {
    return holds(this.parts.accounts.rightsOf(owner, tenant) ?? [], 'executions:run');
  }

  private async takeUp(): Promise<void> {
    const { lists, head } = this.parts;
    const position = await head();
    const asFarAsTheLog = position === null || (await lists.waitFor(position, patienceMs));
    for (let after = ''; ;) {
      const active: readonly ActiveDefinition[] = await lists.definitions.active({ after, limit: page });
      for (const { id, tenant } of active) await this.take(id, tenant);
      if (active.length < page) break;
      after = active.at(-1)!.id;
    }
    this.whole ||= asFarAsTheLog;
  }

  private async take(id: string, tenant: string): Promise<void> {
    if (this.taken.has(id)) return;
    this.taken.add(id);
    try {
      const state = await this.parts.definitions.find(tenant, id);
      if (state) await this.parts.live.told(tenant, id, state);
    } catch (error) {
      this.parts.log.warn({ err: error, definition_id: id }, 'An active definition cannot be read; the others go on');
    }
  }

  private lookAgain(): void {
    this.again = setTimeout(() => {
      const taken = this.takeUp().catch((error: unknown) => {
        this.parts.log.warn({ err: error }, 'The list of active definitions cannot be read');
      });
      void taken.then(() => {
        if (!this.whole && !this.stopped) this.lookAgain();
      });
    }, lookAgainMs).unref();
  }

  private async begin({ tenant, definitionId, owner }: LiveTrigger<Schedule>, scheduledAt: number): Promise<void> {
    if (!this.mayRun(owner, tenant)) {
      this.parts.log.warn({ definition_id: definitionId, owner }, 'The owner of a schedule may not run it any more');
      return;
    }
    const scheduled_at = new Date(scheduledAt).toISOString();
    const key = `schedule ${definitionId} ${scheduled_at}`; // no header holds a space: nobody else has this key
    const run = await this.parts.engine.begin(
      { workflow_type: 'definition', definition_id: definitionId, input_data: { scheduled_at } },
      {
        caller: { sub: owner, tenant, via: 'schedule' },
        requestDigest: hash('sha256', key, 'hex'),
        idempotencyKey: key,
      },
    );
    await run.accepted();
  }
}
