import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type McpServerConfig, readMcpServers } from '#plugin-host';

/** What the application is told from outside, read and checked once, at the start. */
export interface Environment {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  /** `esdb://…`, shared by several processes; null: a log in `dataDir`, for this process alone. */
  readonly eventStoreUrl: string | null;
  /** What this process does of all there is to do. Only with a shared log other than `all`. */
  readonly role: Role;
  readonly pluginsDir: string | null;
  readonly pluginMode: 'development' | 'production';
  readonly adminEmail: string;
  /** Null: one is made at the first start, and shown once. */
  readonly adminPassword: string | null;
  readonly authSecret: string;
  readonly modelDefault: string;
  /** Where what is listed is kept; null: in a file in `dataDir`. */
  readonly databaseUrl: string | null;
  /** Of the server at `openaiBaseUrl`; null: documents are found by their words alone. */
  readonly embeddingModel: string | null;
  readonly openaiBaseUrl: string | null;
  readonly openaiApiKey: string | null;
  /** Null: there are no models of Anthropic. */
  readonly anthropicApiKey: string | null;
  /** Null: Anthropic itself. */
  readonly anthropicBaseUrl: string | null;
  readonly egressAllow: readonly string[];
  /** Whose tools are listed beside those of plugins. */
  readonly mcpServers: readonly McpServerConfig[];
  readonly trustedProxies: readonly string[];
  readonly corsOrigins: readonly string[];
  /** How long a synchronous call waits for its run, ms. */
  readonly syncWaitMs: number;
  readonly logLevel: string;
  readonly publicUrl: string | null;
  /** Where the projector runs: on a thread of its own, or (in tests of the sources) here. */
  readonly projector: 'thread' | 'inline';
}

/** `api`: takes requests. `worker`: carries executions out. `projector`: keeps the tables of lists. `all`: each of them. */
export const roles = ['all', 'api', 'worker', 'projector'] as const;
export type Role = (typeof roles)[number];

export const ENVIRONMENT = Symbol('environment');

/** What EVENT_STORE_URL looks like. */
export const eventStoreUrl = /^(esdb|kurrentdb)(\+discover)?:\/\/[^/]+/;

type Variables = Readonly<Record<string, string | undefined>>;

/** Why the application does not start; each line names a variable and what to do. */
export class ConfigurationRefused extends Error {
  readonly code = 'configuration_refused';
  constructor(readonly problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Throws `ConfigurationRefused` with everything that is wrong, before anything is made or opened. */
export function readEnvironment(variables: Variables): Environment {
  const read = new Reading(variables);
  const secret = read.longText(
    'AUTH_SECRET',
    32,
    'Use 32 random characters or more, or leave it out on a single machine.',
  );
  const dataDir = resolve(read.text('DATA_DIR') ?? './data');
  const pluginsDir = read.text('PLUGINS_DIR');
  const environment = {
    role: read.oneOf('ROLE', roles, 'all'),
    eventStoreUrl: read.matching(
      'EVENT_STORE_URL',
      eventStoreUrl,
      'the address of an EventStoreDB, like esdb://user:password@host:2113?tls=true. Left out, the log is in DATA_DIR',
      'secret',
    ),
    port: read.whole('PORT', 3000, 65_535),
    host: read.text('HOST') ?? '127.0.0.1',
    dataDir,
    pluginsDir: pluginsDir === null ? null : resolve(pluginsDir),
    pluginMode: read.oneOf('PLUGIN_MODE', ['development', 'production'], 'development'),
    databaseUrl: read.matching(
      'DATABASE_URL',
      /^postgres(ql)?:\/\/[^/]+\/.+$/,
      'the address of a PostgreSQL database, like postgresql://user:password@host:5432/chatter. Left out, SQLite in DATA_DIR is used',
      'secret',
    ),
    adminEmail: read.matching('ADMIN_EMAIL', /^[^@\s]+@[^@\s]+$/, 'an e-mail address') ?? 'admin@localhost',
    adminPassword: read.longText('ADMIN_PASSWORD', 12, 'Choose a longer one, or leave it out: then one is made.'),
    modelDefault:
      read.matching('MODEL_DEFAULT', /^[^/]+\/.+$/, 'a provider and a model, like local/extractive-1') ??
      'local/extractive-1',
    embeddingModel:
      read
        .matching(
          'EMBEDDING_MODEL',
          /^openai\/.+$/,
          'a model of the server at OPENAI_BASE_URL, like openai/text-embedding-3-small',
        )
        ?.slice('openai/'.length) ?? null,
    openaiBaseUrl: read.url('OPENAI_BASE_URL'),
    openaiApiKey: read.text('OPENAI_API_KEY'),
    anthropicApiKey: read.text('ANTHROPIC_API_KEY'),
    anthropicBaseUrl: read.url('ANTHROPIC_BASE_URL'),
    egressAllow: read.list('EGRESS_ALLOW'),
    mcpServers: read.mcpServers('MCP_SERVERS'),
    trustedProxies: read.list('TRUSTED_PROXIES'),
    corsOrigins: read.list('CORS_ORIGINS'),
    syncWaitMs: read.whole('SYNC_WAIT_MS', 30_000, 3_600_000),
    logLevel: read.oneOf('LOG_LEVEL', levels, 'warn'),
    publicUrl: read.url('PUBLIC_URL'),
    projector: 'thread' as const,
  };
  if (environment.anthropicBaseUrl !== null) read.needed('ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL');
  read.shared(environment);
  if (environment.embeddingModel !== null) read.needed('OPENAI_BASE_URL', 'EMBEDDING_MODEL');
  if (read.problems.length > 0) throw new ConfigurationRefused(read.problems);
  return { ...environment, authSecret: secret ?? keptSecret(dataDir) };
}

/** Reads variables, and gathers what is wrong with them. An empty one is as good as none. */
class Reading {
  readonly problems: string[] = [];

  constructor(private readonly variables: Variables) {}

  text(name: string): string | null {
    return this.variables[name]?.trim() || null;
  }

  list(name: string): readonly string[] {
    const parts = (this.text(name) ?? '').split(',').map((part) => part.trim());
    return parts.filter((part) => part !== '');
  }

  whole(name: string, byDefault: number, most: number): number {
    const text = this.text(name);
    if (text === null) return byDefault;
    const value = Number(text);
    if (Number.isInteger(value) && value >= 0 && value <= most) return value;
    return this.refuse(name, `must be a whole number from 0 to ${most}`, byDefault);
  }

  oneOf<T extends string>(name: string, choices: readonly T[], byDefault: T): T {
    const text = this.text(name);
    if (text === null) return byDefault;
    return (
      choices.find((choice) => choice === text) ?? this.refuse(name, `must be one of ${choices.join(', ')}`, byDefault)
    );
  }

  /** `secret`: it may hold a password, and is not shown. */
  matching(name: string, pattern: RegExp, what: string, secret?: 'secret'): string | null {
    const text = this.text(name);
    if (text === null || pattern.test(text)) return text;
    if (!secret) return this.refuse(name, `must be ${what}`, null);
    this.problems.push(`${name} must be ${what}.`);
    return null;
  }

  url(name: string): string | null {
    const text = this.text(name);
    if (text === null || /^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
    return this.refuse(name, 'must be a whole address, like https://chatter.example', null);
  }

  /** JSON, or the path of a file that holds it. What stands in it is not shown: it may hold credentials. */
  mcpServers(name: string): readonly McpServerConfig[] {
    const text = this.text(name);
    if (text === null) return [];
    const json = text.startsWith('[') ? text : contentOf(text);
    if (json === null) {
      this.problems.push(`${name} is neither a JSON list nor the path of a file that can be read.`);
      return [];
    }
    const { servers, problems } = readMcpServers(json);
    this.problems.push(
      ...problems.map((problem) => (problem.startsWith('[') ? `${name}${problem}` : `${name}: ${problem}`)),
    );
    return servers;
  }

  /** Not shown, as it is secret. */
  longText(name: string, least: number, wayOut: string): string | null {
    const text = this.text(name);
    if (text !== null && text.length < least)
      this.problems.push(`${name} is shorter than ${least} characters. ${wayOut}`);
    return text;
  }

  /** `name`, because `by` is set. */
  needed(name: string, by: string): void {
    if (this.text(name) === null) this.problems.push(`${by} is set without ${name}. Set both, or neither.`);
  }

  /** Processes that share a log share a database and a secret as well; one that has its log for itself does everything. */
  shared({ eventStoreUrl, role }: Pick<Environment, 'eventStoreUrl' | 'role'>): void {
    if (eventStoreUrl === null) {
      if (role !== 'all')
        this.problems.push(
          `ROLE is "${role}" without EVENT_STORE_URL. A log in DATA_DIR is one process's, which does everything.`,
        );
      return;
    }
    this.needed('DATABASE_URL', 'EVENT_STORE_URL');
    if (this.text('AUTH_SECRET') === null)
      this.problems.push(
        'EVENT_STORE_URL is set without AUTH_SECRET. Set 32 random characters or more, the same for every process.',
      );
  }

  private refuse<T>(name: string, rule: string, byDefault: T): T {
    this.problems.push(`${name} is "${this.text(name)}"; it ${rule}.`);
    return byDefault;
  }
}

function contentOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** For one machine: made at the first start, readable by its owner alone. */
function keptSecret(dataDir: string): string {
  const file = join(dataDir, 'auth-secret');
  mkdirSync(dataDir, { recursive: true });
  if (!existsSync(file)) writeFileSync(file, randomBytes(48).toString('base64url'), { mode: 0o600, flag: 'wx' });
  return readFileSync(file, 'utf8').trim();
}
