import {
  Field,
  IsString,
  type JsonObject,
  NodeFailure,
  type Tool,
  type ToolContext,
  WorkflowTool,
} from '@chatter/plugin-sdk';

class CurrentTimeArguments {
  @IsString()
  @Field({ label: 'Time zone', help: 'By its IANA name, as in "Europe/Berlin".', default: 'UTC', min: 1, max: 64 })
  time_zone!: string;
}

/** The time of the server's clock. */
@WorkflowTool({
  name: 'current_time',
  description: 'Tells the current date and time in a time zone (IANA name, default UTC).',
  effects: 'read',
  idempotent: true,
  arguments: CurrentTimeArguments,
})
export class CurrentTimeTool implements Tool<CurrentTimeArguments> {
  execute({ args: { time_zone: zone }, clock }: ToolContext<CurrentTimeArguments>): JsonObject {
    const now = new Date(clock.now());
    const { weekday, offset, ...parts } = partsIn(zone, now);
    const local = `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}${offset}`;
    return { iso: now.toISOString(), local, weekday, time_zone: zone, unix_ms: now.getTime() };
  }
}

type Parts = Readonly<Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'weekday' | 'offset', string>>;

function partsIn(zone: string, now: Date): Parts {
  const parts = Object.fromEntries(
    formatFor(zone)
      .formatToParts(now)
      .map(({ type, value }) => [type === 'timeZoneName' ? 'offset' : type, value]),
  ) as unknown as Parts;
  return { ...parts, offset: parts.offset.replace('GMT', '') || '+00:00' };
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  try {
    const two = '2-digit';
    return new Intl.DateTimeFormat('en-GB', {
      ...{ year: 'numeric', month: two, day: two, hour: two, minute: two, second: two },
      ...{ weekday: 'long', timeZoneName: 'longOffset', hourCycle: 'h23', timeZone },
    });
  } catch {
    throw new NodeFailure({
      code: 'unknown_time_zone',
      message: `There is no time zone "${timeZone}". Use an IANA name, like "Europe/Berlin".`,
    });
  }
}
