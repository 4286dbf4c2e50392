import { UnreadableEvent } from './errors.js';
import type { RecordedEvent } from './recorded-event.js';

/** Event data of one schema → of the next. */
export type Upcaster = (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** Every type that this version knows → for each old schema, from 1 on, the way to the next. Empty: it has never changed its meaning. */
export type EventSchemas = Readonly<Record<string, readonly Upcaster[]>>;

/** The schema in which events of a type are written today. */
export const schemaOf = (type: string, schemas: EventSchemas): number => upcasters(type, schemas).length + 1;

/**
 * Old event → today's event, on reading. Throws `UnreadableEvent` for a type that this version does not know, and for a schema
 * newer than it knows: passed over, either would make of the history what it does not say.
 */
export function upcast<D extends Readonly<Record<string, unknown>>>(
  type: string,
  schema: number,
  data: D,
  schemas: EventSchemas,
): D {
  const steps = upcasters(type, schemas);
  if (!Number.isInteger(schema) || schema < 1 || schema > steps.length + 1) {
    throw new UnreadableEvent(
      `${type} has the schema ${schema}; this version reads up to ${steps.length + 1}. Upgrade, then read it again.`,
    );
  }
  return steps.slice(schema - 1).reduce<Readonly<Record<string, unknown>>>((old, step) => step(old), data) as D;
}

/** What a record says, with today's meaning. Its large values are where they are. */
export const eventOf = <E extends { readonly type: string; readonly data: unknown }>(
  { type, data, envelope }: Pick<RecordedEvent, 'type' | 'data' | 'envelope'>,
  schemas: EventSchemas,
): E =>
  ({ type, data: upcast(type, envelope.schema, JSON.parse(data) as Record<string, unknown>, schemas) }) as unknown as E;

function upcasters(type: string, schemas: EventSchemas): readonly Upcaster[] {
  if (!Object.hasOwn(schemas, type))
    throw new UnreadableEvent(`This version does not know events of the type ${type}. Upgrade, then read it again.`);
  return schemas[type]!;
}
