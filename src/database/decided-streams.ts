import { eventSchemas } from '#engine';
import {
  externalize,
  genesis,
  internalize,
  schemaOf,
  seal,
  upcast,
  WrongExpectedRevision,
  type Actor,
  type EventSchemas,
  type EventStore,
  type NewEvent,
  type PayloadStore,
  type Position,
} from '#event-store';
import type { JsonObject } from '#plugin-sdk';
import { uuidv7 } from 'uuidv7';

interface TypedEvent {
  readonly type: string;
  readonly data: unknown;
}

/** A rule and its fold, and where its streams are. */
export interface StreamRules<State, Command, Event extends TypedEvent> {
  readonly streamOf: (id: string) => string;
  readonly initial: State;
  readonly decide: (state: State, command: Command) => readonly Event[];
  readonly evolve: (state: State, event: Event, at: string) => State;
  /** Each event says everything: only the last is read, however many there are. */
  readonly lastSaysAll?: boolean;
  /** Default: those of all events there are. */
  readonly schemas?: EventSchemas;
}

export interface Loaded<State> {
  readonly state: State;
  readonly tenant: string | null;
  readonly revision: bigint;
  readonly hash: string;
}

export interface Told<State, Event> {
  readonly state: State;
  /** Behind which lists show it; null: nothing was to be done. */
  readonly position: Position | null;
  readonly events: readonly Event[];
  /** Of the state. */
  readonly revision: bigint;
}

export interface By {
  readonly tenant: string;
  readonly actor: Actor;
}

const tries = 5;

export interface StreamOptions {
  readonly now?: () => number;
  /** Values that are too large for an event are kept here, beside the log. Default: they stay in the event. */
  readonly payloads?: PayloadStore;
  /** How many streams are kept folded, so that only what is new in them is read. Default: none. States must not change. */
  readonly remember?: number;
}

/** Load, decide, one append: for the small streams (definitions, accounts, conversations). */
export class DecidedStreams<State, Command, Event extends TypedEvent> {
  /** The one used last is the last. */
  private readonly remembered = new Map<string, Loaded<State>>();
  private readonly schemas: EventSchemas;
  private readonly options: Required<Omit<StreamOptions, 'payloads'>> & Pick<StreamOptions, 'payloads'>;

  constructor(
    private readonly store: EventStore,
    private readonly rules: StreamRules<State, Command, Event>,
    options: StreamOptions = {},
  ) {
    this.options = { now: Date.now, remember: 0, ...options };
    this.schemas = rules.schemas ?? eventSchemas;
  }

  async load(id: string): Promise<Loaded<State>> {
    const stream = this.rules.streamOf(id);
    const nothing: Loaded<State> = { state: this.rules.initial, tenant: null, revision: -1n, hash: genesis(stream) };
    let loaded = this.remembered.get(id) ?? nothing;
    const which = this.rules.lastSaysAll
      ? ({ direction: 'backwards', limit: 1 } as const)
      : { from: loaded.revision + 1n };
    for await (const { type, data, envelope, revision } of this.store.readStream(stream, which)) {
      const whole = await this.whole(JSON.parse(data) as JsonObject, envelope.tenant);
      const event = { type, data: upcast(type, envelope.schema, whole, this.schemas) } as unknown as Event;
      loaded = {
        state: this.rules.evolve(loaded.state, event, envelope.at),
        tenant: envelope.tenant,
        revision,
        hash: envelope.hash,
      };
    }
    this.keep(id, loaded);
    return loaded;
  }

  /** The state after the decision. */
  async tell(id: string, command: Command, by: By): Promise<Told<State, Event>> {
    for (let attempt = 1; ; attempt += 1) {
      const loaded = await this.load(id);
      const events = this.rules.decide(loaded.state, command);
      const { revision } = loaded;
      if (events.length === 0) return { state: loaded.state, position: null, events, revision };
      const at = new Date(this.options.now()).toISOString();
      try {
        const expected = loaded.revision < 0n ? 'no_stream' : loaded.revision;
        const stored = await Promise.all(events.map((event) => this.withoutLarge(event, by.tenant)));
        const { position } = await this.store.append(
          this.rules.streamOf(id),
          expected,
          this.sealAll(id, loaded, stored, by, at),
        );
        return {
          state: events.reduce((state, event) => this.rules.evolve(state, event, at), loaded.state),
          position,
          events,
          revision: revision + BigInt(events.length),
        };
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision) || attempt === tries) throw error;
      }
    }
  }

  private keep(id: string, loaded: Loaded<State>): void {
    const { remember } = this.options;
    this.remembered.delete(id);
    if (remember > 0 && loaded.revision >= 0n) this.remembered.set(id, loaded);
    if (this.remembered.size > remember) this.remembered.delete(this.remembered.keys().next().value!);
  }

  private whole(data: JsonObject, tenant: string): JsonObject | Promise<JsonObject> {
    const { payloads } = this.options;
    return payloads === undefined ? data : internalize(data, (sha256) => payloads.get(tenant, sha256));
  }

  /** What is kept beside the log is durable before the event that refers to it. */
  private async withoutLarge({ type, data }: TypedEvent, tenant: string): Promise<TypedEvent> {
    const { payloads } = this.options;
    if (payloads === undefined) return { type, data };
    const { data: small, payloads: large } = externalize(data as JsonObject);
    for (const { bytes } of large) await payloads.put(tenant, bytes);
    return { type, data: small };
  }

  private sealAll(
    id: string,
    loaded: Loaded<State>,
    events: readonly TypedEvent[],
    { tenant, actor }: By,
    at: string,
  ): NewEvent[] {
    let { revision, hash: prev } = loaded;
    return events.map(({ type, data }) => {
      revision += 1n;
      const stream = this.rules.streamOf(id);
      const sealed = seal({
        stream,
        revision,
        prev,
        id: uuidv7(),
        type,
        schema: schemaOf(type, this.schemas),
        data,
        tenant,
        at,
        actor,
        causationId: id,
        correlationId: id,
      });
      prev = sealed.envelope.hash;
      return sealed;
    });
  }
}
