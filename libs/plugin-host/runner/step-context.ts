import {
  chanceFrom,
  type ConversationClient,
  type DocumentClient,
  type HttpClient,
  type JsonObject,
  type ModelClient,
  type NodeContext,
  type NodeLog,
  type ToolClient,
} from '#plugin-sdk';
import { conversationFor, documentsFor, httpFor, modelsFor, type OutsideClients, toolsFor } from './clients.js';
import type { StepInvocation } from './step-invocation.js';

/**
 * What the node of a step sees. Parts that cost something are made when they are first looked at.
 * A step without effects has a clock that stands still; chance comes of the step's seed in every case.
 */
export class StepContext implements NodeContext {
  readonly config: JsonObject;
  readonly clock: { now(): number };
  private chance: (() => number) | undefined;
  private ownHttp: HttpClient | undefined;
  private ownModels: ModelClient | undefined;
  private ownTools: ToolClient | undefined;
  private ownDocuments: DocumentClient | undefined;
  private ownConversation: ConversationClient | undefined;

  constructor(
    private readonly step: StepInvocation,
    private readonly clients: OutsideClients,
    now: () => number,
  ) {
    this.config = step.config;
    this.clock = { now: step.effects === 'none' ? () => step.now : now };
  }

  get incoming() {
    return this.step.incoming;
  }
  get input() {
    return this.step.input;
  }
  get variables() {
    return this.step.variables;
  }
  get nodes() {
    return this.step.nodes;
  }
  get error() {
    return this.step.error;
  }
  get execution() {
    return this.step.execution;
  }
  get nodeId() {
    return this.step.nodeId;
  }
  get path() {
    return this.step.path;
  }
  get attempt() {
    return this.step.attempt;
  }
  get idempotencyKey() {
    return this.step.idempotencyKey;
  }
  get signal() {
    return this.step.signal;
  }
  get http() {
    return (this.ownHttp ??= httpFor(this.step, this.clients));
  }
  get models() {
    return (this.ownModels ??= modelsFor(this.step, this.clients));
  }
  get tools() {
    return (this.ownTools ??= toolsFor(this.step, this.clients));
  }
  get documents() {
    return (this.ownDocuments ??= documentsFor(this.step, this.clients));
  }
  get conversation() {
    return (this.ownConversation ??= conversationFor(this.step, this.clients));
  }
  get effects() {
    return this.step.effects;
  }

  // Functions of their own, since a node takes its context apart.
  readonly random = (): number => (this.chance ??= chanceFrom(this.step.seed))();

  readonly emitToken = (text: string): void => this.step.onToken?.(String(text));

  readonly log: NodeLog = {
    debug: (message, fields) => this.step.onLog?.('debug', message, fields),
    info: (message, fields) => this.step.onLog?.('info', message, fields),
    warn: (message, fields) => this.step.onLog?.('warn', message, fields),
  };
}
