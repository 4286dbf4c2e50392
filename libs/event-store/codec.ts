import { UnreadableEvent } from './errors.js';

/** Event data of one schema → of the next. */
export type Upcaster = (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** `type` → for each old schema, from 1 on, the way to the next. A type that is not here has never changed its meaning. */
export type Upcasters = Readonly<Record<string, readonly Upcaster[]>>;

/** Old event → today's event, on reading. Throws `UnreadableEvent` for a schema newer than this version knows. */
export function upcast<D extends Readonly<Record<string, unknown>>>(
  type: string,
  schema: number,
  data: D,
  upcasters: Upcasters = {},
): D {
  const steps = upcasters[type] ?? [];
  if (!Number.isInteger(schema) || schema < 1 || schema > steps.length + 1) {
    throw new UnreadableEvent(
      `${type} has the schema ${schema}; this version reads up to ${steps.length + 1}. Upgrade, then read it again.`,
    );
  }
  return steps.slice(schema - 1).reduce<Readonly<Record<string, unknown>>>((old, step) => step(old), data) as D;
}
