export interface NewestState<State> {
  readonly tenant: string;
  readonly state: State;
  /** Of the last event that is in it. */
  readonly revision: bigint;
}

/** States of streams, by the id of each. Never replaces one by an older one, in whatever order they come. */
export class NewestStates<State> {
  private readonly states = new Map<string, NewestState<State>>();

  /** `most`: as many are kept. Default: all. */
  constructor(private readonly most = Infinity) {}

  get(id: string): NewestState<State> | undefined {
    return this.states.get(id);
  }

  values(): IterableIterator<NewestState<State>> {
    return this.states.values();
  }

  /** What is known of it now. */
  keep(id: string, found: NewestState<State>): NewestState<State> {
    const known = this.states.get(id);
    if (known && known.revision >= found.revision) return known;
    if (!known && this.states.size >= this.most) this.states.delete(this.states.keys().next().value!);
    this.states.set(id, found);
    return found;
  }
}
