import {
  initialState,
  type CompiledGraph,
  type ExecutionCommand,
  type ExecutionEvent,
  type ExecutionState,
} from '#engine';
import { executionStream, genesis, StoreUnavailable } from '#event-store';
import type { Actor, OpenExecution } from '#event-store';

/** One execution in this process: its folded state, and how much of that is durable. The single source of truth while it runs. */
export interface ExecutionContext {
  /** UUID without prefix. */
  readonly executionId: string;
  readonly stream: string;
  readonly tenant: string;
  readonly correlationId: string;
  readonly priority: number;
  /** Null for a request that was refused. */
  readonly graph: CompiledGraph | null;
  /** Whether this process carries it out. Where not, it only adds what it was told, for whoever does. */
  readonly driven: boolean;
  /** How often this process's lease had been over when it last made sure that it drives this one. */
  lapses: number;
  /** Which process drives it, as far as it is durable; null: whoever comes first. Of no matter where this one does. */
  driver: string | null;
  /** How often the driver has changed, as far as it is durable: more often means that another one has come. */
  epoch: number;
  state: ExecutionState;
  /** Decided and folded, not yet durable. */
  pending: PendingEvent[];
  /** The wishes behind `pending`, decided again should another writer have been first. */
  commands: { readonly command: ExecutionCommand; readonly actor: Actor }[];
  /** Revision and hash of the last event handed to the store. */
  head: { revision: bigint; hash: string };
  /** Of the last durable event. */
  position: string | null;
  /** Revision up to which another process is known to have added to it. */
  toldOf: bigint;
  /** The append under way. */
  appending: Promise<void> | null;
  /** What that append carries is not known to be durable. */
  writing: boolean;
  /** What the store knows of it in its list of open executions. */
  openRow: OpenExecution | null;
  readonly running: Map<string, RunningStep>;
  /** A call was not made, as the lease was over: taken up again, it is to be taken over. */
  interrupted: boolean;
  /** No more is decided ahead until what is pending has become durable. */
  heldBack: boolean;
  /** Why this process no longer drives it. */
  lost: Error | null;
}

/** Nothing more of this execution can be written from here; it may be asked for anew. */
export class DrivenElsewhere extends StoreUnavailable {
  constructor(executionId: string) {
    super(`Another process drives the execution ${executionId}.`);
  }
}

export interface PendingEvent {
  readonly id: string;
  readonly at: string;
  readonly actor: Actor;
  readonly event: ExecutionEvent;
}

/** One attempt that this process carries out. Its abort signal is made when somebody first asks for it: pure steps never do. */
export class RunningStep {
  /** Text previewed so far. */
  text = '';
  /** Set aside of what the execution's limits leave. */
  reserved = { tokens: 0, costNanoUsd: 0 };
  private controller: AbortController | null = null;

  constructor(
    readonly path: string,
    readonly nodeId: string,
    readonly attempt: number,
    /** How often the lease had been over when the execution was last claimed. */
    public lapses: number,
  ) {}

  get signal(): AbortSignal {
    return (this.controller ??= new AbortController()).signal;
  }

  abort(reason: Error): void {
    this.controller ??= new AbortController();
    this.controller.abort(reason);
  }
}

export function newContext(
  identity: Pick<
    ExecutionContext,
    'executionId' | 'tenant' | 'correlationId' | 'priority' | 'graph' | 'driven' | 'lapses'
  >,
): ExecutionContext {
  const stream = executionStream(identity.executionId);
  return {
    ...identity,
    driver: null,
    stream,
    epoch: 0,
    state: initialState(identity.executionId),
    pending: [],
    commands: [],
    head: { revision: -1n, hash: genesis(stream) },
    position: null,
    toldOf: -1n,
    appending: null,
    writing: false,
    openRow: null,
    running: new Map(),
    interrupted: false,
    heldBack: false,
    lost: null,
  };
}
