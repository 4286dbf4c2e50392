import { type JsonObject, type JsonValue, NodeFailure } from '#plugin-sdk';
import { NotConnected } from '../../http/connector.js';
import { schemaCheck } from '../../config/schema-check.js';
import type { EgressClient } from '../../http/egress-client.js';
import { ofArguments, preparedArguments } from '../arguments-check.js';
import type { RegisteredTool, ToolCall } from '../registered-tool.js';
import type { ToolSource } from '../tool-registry.js';
import type { McpServerConfig } from './mcp-config.js';
import { McpConnection, NotReached } from './mcp-connection.js';
import { type McpListing, type McpTool, readListing, toolName } from './mcp-listing.js';
import { answerLost, argumentsRefused, resultOf, serverAway, toolFailed } from './mcp-result.js';

export interface McpServerOptions {
  readonly egress: EgressClient;
  /** Rest before the first new try, doubled each time up to `mostMs`. Default 1 s up to 60 s. */
  readonly backoff?: { readonly firstMs: number; readonly mostMs: number };
  /** How often the tools are listed again. Default 60 s. */
  readonly refreshMs?: number;
  /** Hears of each coming and going, and what a process last wrote to stderr: that is for the operator's eyes. */
  readonly onChange?: (status: McpServerStatus, lastWords: string) => void;
}

export interface McpServerStatus {
  readonly name: string;
  readonly transport: 'http' | 'stdio';
  readonly available: boolean;
  readonly tools: number;
  /** What of its list is not used, and why. */
  readonly problems: readonly string[];
  /** Why it is away; null while it is there. */
  readonly error: string | null;
}

const LONGEST_ERROR = 500;
/** Between two lists that a server asks us to read. */
const LIST_REST_MS = 200;

/**
 * An MCP server that is kept at hand.
 *
 * 1. It is connected to at the start, listed, and listed again every so often and when it says that its list changed.
 * 2. When it is away, it is tried again after a rest that grows, until it has stayed for a while. Its tools stay known meanwhile, as not available.
 * 3. A call while it is away, or that it refused unread, has not happened (`tool_unavailable`). One whose answer was lost
 *    may have (`connection_failed`, uncertain).
 */
export class McpServer implements ToolSource {
  readonly reading: readonly string[];
  private listing: McpListing = { tools: [], problems: [] };
  private registered: readonly RegisteredTool[] = [];
  private connection: McpConnection | null = null;
  private error: string | null = 'It has not been reached yet.';
  private failures = 0;
  private callsUnderWay = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private listsSoon = false;
  private connecting: Promise<void> | null = null;
  private readonly closing = new AbortController();

  constructor(
    private readonly config: McpServerConfig,
    private readonly options: McpServerOptions,
  ) {
    this.reading = config.readOnly.map((tool) => toolName(config.name, tool));
  }

  tools(): readonly RegisteredTool[] {
    return this.registered;
  }

  status(): McpServerStatus {
    const { config, connection, listing, error } = this;
    return {
      name: config.name,
      transport: 'url' in config ? 'http' : 'stdio',
      available: connection !== null,
      tools: listing.tools.length,
      problems: listing.problems,
      error,
    };
  }

  /** Tries to reach it; done when that has succeeded or failed. Never rejects. */
  connect(): Promise<void> {
    this.connecting ??= this.tried().finally(() => (this.connecting = null));
    return this.connecting;
  }

  async close(): Promise<void> {
    this.closing.abort();
    clearTimeout(this.timer);
    await this.connecting;
    const { connection } = this;
    this.connection = null;
    await connection?.close();
  }

  private async tried(): Promise<void> {
    let opened: McpConnection | null = null;
    try {
      opened = await McpConnection.open(this.config, {
        egress: this.options.egress,
        signal: this.closing.signal,
        onLost: () => {
          if (opened !== null && this.connection === opened)
            this.lost('It has ended the connection.', opened.lastWords());
        },
        onListChanged: () => this.listSoon(),
      });
      const listed = await opened.list();
      if (this.closing.signal.aborted) return await opened.close();
      this.connection = opened;
      this.take(listed, null);
      this.listLater();
    } catch (error) {
      await opened?.close();
      this.lost(reasonOf(error), error instanceof NotReached ? error.lastWords : '');
    }
  }

  /** Rule 1. */
  private async refresh(): Promise<void> {
    const { connection } = this;
    if (connection === null) return;
    if (this.callsUnderWay > 0) return this.listLater(); // who is at work may be slow to answer anything else
    try {
      const listed = await connection.list();
      if (this.connection !== connection) return;
      this.failures = 0; // it was there for a while
      this.take(listed, null);
      this.listLater();
    } catch (error) {
      this.drop(connection, reasonOf(error));
    }
  }

  private listLater(): void {
    this.later(() => void this.refresh(), this.options.refreshMs ?? 60_000);
  }

  /** However often it says so, its list is asked for once in a while. */
  private listSoon(): void {
    if (this.listsSoon || this.connection === null) return;
    this.later(() => void this.refresh(), LIST_REST_MS);
    this.listsSoon = true;
  }

  private drop(connection: McpConnection, reason: string): void {
    if (this.connection !== connection) return;
    void connection.close();
    this.lost(reason, connection.lastWords());
  }

  /** Rule 2. */
  private lost(reason: string, lastWords: string): void {
    if (this.closing.signal.aborted) return;
    this.connection = null;
    const { firstMs, mostMs } = this.options.backoff ?? { firstMs: 1_000, mostMs: 60_000 };
    this.later(() => void this.connect(), Math.min(mostMs, firstMs * 2 ** Math.min(this.failures, 30)));
    this.failures += 1;
    this.take(null, reason, lastWords);
  }

  private take(listed: readonly unknown[] | null, error: string | null, lastWords = ''): void {
    const before = JSON.stringify(this.status());
    if (listed !== null) this.listing = readListing(this.config, listed);
    this.error = error;
    this.registered = this.listing.tools.map((tool) => this.registeredTool(tool));
    if (JSON.stringify(this.status()) !== before) this.options.onChange?.(this.status(), lastWords);
  }

  private registeredTool({ name: tool, description, argumentsSchema }: McpTool): RegisteredTool {
    const name = toolName(this.config.name, tool);
    const checks = [schemaCheck(argumentsSchema, ofArguments)];
    return {
      name,
      description,
      effects: this.config.readOnly.includes(tool) ? 'read' : 'write',
      idempotent: false,
      argumentsSchema,
      source: `mcp:${this.config.name}`,
      available: this.connection !== null,
      prepare: (args) => preparedArguments(name, args, {}, checks), // defaults are the server's to fill in
      call: (args, call) => this.call(tool, name, args, call),
    };
  }

  private async call(tool: string, name: string, args: JsonObject, call: ToolCall): Promise<JsonValue> {
    const { connection } = this;
    if (connection === null) throw serverAway(name, this.config.name);
    const { signal } = call.step;
    this.callsUnderWay += 1;
    try {
      return resultOf(name, await connection.call(tool, args, call.idempotencyKey, signal));
    } catch (error) {
      if (signal.aborted || error instanceof NodeFailure) throw error;
      const { failure, gone } = failureOf(error, name, this.config.name);
      if (gone) this.drop(connection, reasonOf(error));
      throw failure;
    } finally {
      this.callsUnderWay -= 1;
    }
  }

  private later(act: () => void, ms: number): void {
    clearTimeout(this.timer);
    this.listsSoon = false;
    this.timer = setTimeout(() => {
      this.listsSoon = false;
      act();
    }, ms).unref();
  }
}

/** Codes of the protocol's own library for a connection that closed, and for no answer in time. A server may use them, too. */
const NO_ANSWER = [-32_000, -32_001];
const INVALID_ARGUMENTS = -32_602;

/** Rule 3. `gone`: the connection is of no more use. */
function failureOf(error: unknown, tool: string, server: string): { failure: NodeFailure; gone: boolean } {
  const { name, code, message, cause } = error as { name?: string; code?: unknown; message?: string; cause?: unknown };
  if (name === 'McpError' && typeof code === 'number' && !NO_ANSWER.includes(code)) {
    const said = String(message).replace(/^(MCP error -?\d+: )+/, '');
    return { failure: code === INVALID_ARGUMENTS ? argumentsRefused(tool, said) : toolFailed(tool, said), gone: false };
  }
  const unsent = cause instanceof NotConnected || cause instanceof NodeFailure || message === 'Not connected';
  const refused = typeof code === 'number' && code >= 400 && code < 500; // by its HTTP status: it has not been read
  if (unsent || refused) return { failure: serverAway(tool, server), gone: true };
  return { failure: answerLost(tool, server), gone: name !== 'McpError' };
}

const reasonOf = (error: unknown): string => {
  const { message, cause } = error as { message?: unknown; cause?: unknown };
  const because = cause instanceof Error && !String(message).includes(cause.message) ? ` (${cause.message})` : '';
  return `${String(message)}${because}`.slice(0, LONGEST_ERROR).toWellFormed();
};
