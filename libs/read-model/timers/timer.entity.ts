import { defineEntity, p } from '@mikro-orm/core';

/** The timers of one execution. */
export type TimersRow = {
  /** UUID of the execution. */
  readonly id: string;
  readonly tenant: string;
  /** JSON text: a list of `Timer`. */
  readonly items: string;
  /** When the first of them is due; null: none is set. */
  readonly next_due: string | null;
  readonly position: string;
};

/** A moment at which something happens by itself: the end of a delay, or of the patience of another wait. */
export interface Timer {
  /** `<execution>/<path>`. */
  readonly id: string;
  readonly path: string;
  readonly node_id: string;
  /** What the step waits for; `timer`: for the moment itself. */
  readonly type: 'timer' | 'signal' | 'approval';
  readonly set_at: string;
  readonly due_at: string;
}

export const TimersEntity = defineEntity({
  name: 'Timers',
  tableName: 'timers',
  properties: {
    id: p.text().primary(),
    tenant: p.text(),
    items: p.text(),
    next_due: p.text().nullable(),
    position: p.text(),
  },
});
