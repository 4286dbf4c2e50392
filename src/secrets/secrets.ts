import { decideSecret, eventSchemas, evolveSecret, namedUuid, unknownSecret } from '#engine';
import type { SecretCommand, SecretEvent, SecretState } from '#engine';
import { eventOf, idOf, secretStream, type EventStore, type Position, type RecordedEvent } from '#event-store';
import type { SecretSource, SecretValue } from '#plugin-host';
import { actorOf, type Caller } from '#runtime';
import { DecidedStreams } from '../database/decided-streams.js';
import { NewestStates, type NewestState } from '../database/newest-states.js';
import type { Sealing } from './sealing.js';

type KnownSecret = Extract<SecretState, { status: 'set' | 'deleted' }>;

/** Secrets by tenant and name: folded from their streams at the start, and kept beside each append since. Sealed until the moment they are sent. */
export class Secrets implements SecretSource {
  private readonly streams: DecidedStreams<SecretState, SecretCommand, SecretEvent>;
  private readonly known = new NewestStates<KnownSecret>();

  constructor(
    private readonly store: EventStore,
    private readonly sealing: Sealing,
  ) {
    this.streams = new DecidedStreams<SecretState, SecretCommand, SecretEvent>(store, {
      streamOf: secretStream,
      initial: unknownSecret,
      decide: decideSecret,
      evolve: evolveSecret,
    });
  }

  async load(): Promise<void> {
    for await (const event of this.store.readAll({ categories: ['secret'] })) this.heard(event);
  }

  /** An event that may be another process's. One that is known already changes nothing. */
  heard(recorded: RecordedEvent): void {
    const { stream, revision, envelope } = recorded;
    const id = idOf(stream);
    const known = this.known.get(id);
    if (known && known.revision >= revision) return;
    this.keep(id, {
      tenant: envelope.tenant,
      state: evolveSecret(known?.state ?? unknownSecret, eventOf<SecretEvent>(recorded, eventSchemas), envelope.at),
      revision,
    });
  }

  list(tenant: string): KnownSecret[] {
    return [...this.known.values()]
      .filter((one) => one.tenant === tenant && one.state.status === 'set')
      .map(({ state }) => state)
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  get(tenant: string, name: string): KnownSecret | null {
    const state = this.known.get(idFor(tenant, name))?.state;
    return state?.status === 'set' ? state : null;
  }

  /** The value itself, for whoever sends it now. */
  async find(tenant: string, name: string): Promise<SecretValue | null> {
    const secret = this.get(tenant, name);
    return secret && { hosts: secret.hosts, value: this.sealing.open(secret.value, { tenant, name }) };
  }

  set(
    how: 'Create' | 'Replace',
    wish: { readonly name: string; readonly value: string; readonly hosts: readonly string[] },
    by: Caller,
  ): Promise<{ readonly secret: KnownSecret; readonly position: Position | null }> {
    const { name, hosts } = wish;
    const value = this.sealing.seal(wish.value, { tenant: by.tenant, name });
    return this.tell(name, { type: how, set: { hosts, name, owner: by.sub, value } }, by);
  }

  delete(name: string, by: Caller) {
    return this.tell(name, { type: 'Delete', by: by.sub }, by);
  }

  private async tell(name: string, command: SecretCommand, by: Caller) {
    const { tenant } = by;
    const id = idFor(tenant, name);
    const { state, position, revision } = await this.streams.tell(id, command, { tenant, actor: actorOf(by) });
    this.keep(id, { tenant, state, revision });
    return { secret: state as KnownSecret, position };
  }

  private keep(id: string, { tenant, state, revision }: NewestState<SecretState>): void {
    if (state.status !== 'unknown') this.known.keep(id, { tenant, state, revision });
  }
}

const idFor = (tenant: string, name: string): string => namedUuid('secret', tenant, name);
