import { eventSchemas } from '#engine';
import { eventOf, type RecordedEvent } from '#event-store';
import type { JsonObject } from '#plugin-sdk';

export interface Fact {
  readonly type: string;
  readonly data: JsonObject;
}

/** An event of whatever stream. Throws `UnreadableEvent` where this version cannot tell what it says, or what it refers to. */
export const readEvent = (recorded: RecordedEvent): Fact => eventOf(recorded, eventSchemas);
