import { StoreUnavailable } from '#event-store';
import type { Chance } from './chance.js';
import type { VirtualTime } from './virtual-time.js';

export type Place = 'log' | 'table' | 'target';

/**
 * Between one process and everything outside it. A process that is frozen or killed stands still wherever it waits for an
 * answer; what it has sent is on its way all the same.
 */
export class Connection {
  private frozenUntil = 0;
  private killed = false;
  private readonly awayUntil: Record<Place, number> = { log: 0, table: 0, target: 0 };
  private loss = { part: 0, until: 0 };

  constructor(
    private readonly time: VirtualTime,
    private readonly chance: Chance,
  ) {}

  freeze(ms: number): void {
    this.frozenUntil = Math.max(this.frozenUntil, this.time.now + ms);
  }

  kill(): void {
    this.killed = true;
  }

  cutOff(place: Place, ms: number): void {
    this.awayUntil[place] = Math.max(this.awayUntil[place], this.time.now + ms);
  }

  /** So many of its requests, and of the answers to them, get lost: 0–1. */
  lose(part: number, ms: number): void {
    this.loss = { part, until: this.time.now + ms };
  }

  heal(): void {
    this.frozenUntil = this.loss.until = 0;
    this.awayUntil.log = this.awayUntil.table = this.awayUntil.target = 0;
  }

  get isDead(): boolean {
    return this.killed;
  }

  get isUp(): boolean {
    return !this.killed && this.time.now >= this.frozenUntil;
  }

  /** Resolves when the process may go on: of a killed one never. */
  async goOn(): Promise<void> {
    while (!this.isUp) await (this.killed ? new Promise<never>(() => undefined) : this.time.rest(50));
  }

  /** What somebody else does for this process, at one moment between its question and the answer. */
  async ask<T>(place: Place, work: () => T | Promise<T>): Promise<T> {
    await this.goOn();
    await this.travel();
    const isAway = () => this.time.now < this.awayUntil[place];
    let answer: () => T = unanswered(place);
    if (!isAway() && !this.isLost()) {
      answer = await outcomeOf(work);
      if (this.isLost()) answer = unanswered(place);
    }
    await this.travel();
    if (isAway()) answer = unanswered(place);
    await this.goOn();
    return answer();
  }

  private isLost(): boolean {
    return this.time.now < this.loss.until && this.chance.happens(this.loss.part);
  }

  private travel(): Promise<void> {
    return this.time.rest(this.chance.between(0.2, this.chance.happens(0.02) ? 400 : 8));
  }
}

const unanswered = (place: Place) => (): never => {
  throw new StoreUnavailable(`The ${place} does not answer.`);
};

async function outcomeOf<T>(work: () => T | Promise<T>): Promise<() => T> {
  try {
    const value = await work();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
