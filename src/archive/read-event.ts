import { eventSchemas } from '#engine';
import { eventOf, type RecordedEvent } from '#event-store';
import type { JsonObject } from '#plugin-sdk';

/** An event of whatever stream. Throws `UnreadableEvent` where this version cannot tell what it says, or what it refers to. */
export const readEvent = (recorded: RecordedEvent): { readonly type: string; readonly data: JsonObject } =>
  eventOf(recorded, eventSchemas);
