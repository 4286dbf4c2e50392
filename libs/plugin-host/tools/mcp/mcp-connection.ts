import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JsonObject } from '#plugin-sdk';
import * as z from 'zod/v4';
import type { EgressClient } from '../../http/egress-client.js';
import { portOf } from '../../http/request-check.js';
import { endingAnswers } from './ended-answers.js';
import type { McpOverHttp, McpOverStdio, McpServerConfig } from './mcp-config.js';
import type { McpAnswer } from './mcp-result.js';

/** Under which name a call's key is sent. */
const KEY_IN_META = 'chatter/idempotency_key';
/** Greeting and listing; a server that takes longer is away. */
const SETUP_MS = 10_000;
/** One call, at most; the step's own limit is usually shorter. */
const CALL_MS = 300_000;
/** In which a process that was started has ended, by itself or not. */
const END_MS = 5_000;
/** Pages of a list that are read. */
const MOST_PAGES = 20;
/** One message of a server over stdio, in bytes. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
/** What is kept of a process's last words, in UTF-16 units. */
const LAST_WORDS = 1_000;

export interface ConnectionParts {
  readonly egress: EgressClient;
  /** Ends the greeting. */
  readonly signal: AbortSignal;
  /** The connection has ended by itself. */
  readonly onLost: () => void;
  /** The server says that its list has changed. */
  readonly onListChanged: () => void;
}

/** Loose: what a server sends beside it is nobody's business. The entries are looked at one by one elsewhere. */
const listPage = z.looseObject({ tools: z.array(z.unknown()), nextCursor: z.string().optional() });
const callAnswer = z.looseObject({
  content: z.array(z.unknown()).optional(),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
});

/** A server that could not be greeted, and what its process last wrote to stderr. */
export class NotReached extends Error {
  constructor(
    cause: Error,
    readonly lastWords: string,
  ) {
    const status = (cause as { code?: unknown }).code;
    super(typeof status === 'number' && status > 0 ? `HTTP ${status}: ${cause.message}` : cause.message, {
      cause: cause.cause,
    });
    this.name = 'NotReached';
  }
}

/** One open connection to an MCP server. */
export class McpConnection {
  private closing = false;

  private constructor(
    private readonly client: Client,
    private readonly reached: Reached,
  ) {}

  /** Connects and greets. Rejects where that does not succeed within ten seconds; nothing is left open then. */
  static async open(config: McpServerConfig, parts: ConnectionParts): Promise<McpConnection> {
    const { Client } = await import('@modelcontextprotocol/sdk/client/index.js');
    const client = new Client({ name: 'chatter', version: '1.0.0' }, { jsonSchemaValidator: nothingToCompile });
    const reached = 'url' in config ? await overHttp(config, parts.egress) : await overStdio(config);
    const connection = new McpConnection(client, reached);
    await connection.listenFor(parts);
    try {
      await client.connect(reached.transport, { timeout: SETUP_MS, signal: parts.signal });
    } catch (error) {
      await connection.close();
      throw new NotReached(error as Error, reached.lastWords());
    }
    return connection;
  }

  /** Every tool that the server lists, as it says it. */
  async list(): Promise<readonly unknown[]> {
    const tools: unknown[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const params = cursor === undefined ? {} : { cursor };
      const answer = await this.client.request({ method: 'tools/list', params }, listPage, { timeout: SETUP_MS });
      tools.push(...answer.tools);
      cursor = answer.nextCursor;
      if (cursor === undefined) break;
    }
    return tools;
  }

  /** The answer of one call. Rejects when the signal ends it, when none came, and when the server refused to answer. */
  async call(name: string, args: JsonObject, key: string, signal: AbortSignal): Promise<McpAnswer> {
    const call = new AbortController(); // of its own: the client listens to a signal beyond the end of its call
    const abort = () => call.abort(signal.reason);
    signal.throwIfAborted();
    signal.addEventListener('abort', abort, { once: true });
    try {
      const params = { name, arguments: args, _meta: { [KEY_IN_META]: key } };
      const options = { signal: call.signal, timeout: CALL_MS };
      return await this.client.request({ method: 'tools/call', params }, callAnswer, options);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** What its process last wrote to stderr. */
  lastWords(): string {
    return this.reached.lastWords();
  }

  /** Calls under way fail; a process that was started is ended. */
  async close(): Promise<void> {
    this.closing = true;
    await this.reached.leave().catch(() => undefined); // it may be gone
    await this.client.close().catch(() => undefined);
  }

  private async listenFor({ onLost, onListChanged }: ConnectionParts): Promise<void> {
    const { ToolListChangedNotificationSchema } = await import('@modelcontextprotocol/sdk/types.js');
    this.client.onclose = () => {
      if (!this.closing) onLost();
    };
    this.client.onerror = () => undefined; // what matters of it ends a call or the connection
    this.client.setNotificationHandler(ToolListChangedNotificationSchema, () => onListChanged());
  }
}

/** The client would check structured answers by schemas of the server; results are data here, checked by size and form. */
const nothingToCompile = {
  getValidator: () => () => ({ valid: true as const, data: undefined as never, errorMessage: undefined }),
};

interface Reached {
  readonly transport: Transport;
  lastWords(): string;
  /** Says good-bye and lets go of what is held beside the client. */
  leave(): Promise<void>;
}

/** Over HTTP: the operator's naming of the host allows it, and it alone. */
async function overHttp({ url, headers }: McpOverHttp, egress: EgressClient): Promise<Reached> {
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  const target = new URL(url);
  const own = egress.allowing([`${target.hostname}:${portOf(target)}`]);
  const transport = new StreamableHTTPClientTransport(target, {
    fetch: endingAnswers(own.fetch),
    requestInit: { headers },
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 0,
      maxReconnectionDelay: 0,
      reconnectionDelayGrowFactor: 1,
    },
  });
  return {
    transport: transport as Transport,
    lastWords: () => '',
    async leave() {
      await Promise.race([transport.terminateSession(), new Promise((done) => setTimeout(done, 1_000).unref())]);
      await own.close();
    },
  };
}

/** Over stdio: a process that finds in its environment what was configured, and nothing of ours. */
async function overStdio({ command, args, env }: McpOverStdio): Promise<Reached> {
  const stdio = await import('@modelcontextprotocol/sdk/client/stdio.js');
  const nothing = Object.fromEntries(stdio.DEFAULT_INHERITED_ENV_VARS.map((name) => [name, undefined]));
  const transport = new stdio.StdioClientTransport({
    command,
    args: [...args],
    env: { ...nothing, ...env } as Record<string, string>, // an undefined one is not passed on
    stderr: 'pipe',
    maxBufferSize: MAX_MESSAGE_BYTES,
  });
  const ended = new Promise<void>((done) => (transport.onclose = done));
  let words = '';
  transport.stderr?.on('data', (chunk: Buffer) => (words = (words + chunk.toString('utf8')).slice(-LAST_WORDS)));
  return {
    transport,
    lastWords: () => words.trim(),
    async leave() {
      await transport.close();
      await Promise.race([ended, new Promise((done) => setTimeout(done, END_MS).unref())]); // it may be closing already
    },
  };
}
