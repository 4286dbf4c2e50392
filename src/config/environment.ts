import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What the application is told from outside, read and checked once, at the start. */
export interface Environment {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly pluginsDir: string | null;
  readonly pluginMode: 'development' | 'production';
  readonly adminEmail: string;
  /** Null: one is made at the first start, and shown once. */
  readonly adminPassword: string | null;
  readonly authSecret: string;
  readonly modelDefault: string;
  readonly openaiBaseUrl: string | null;
  readonly openaiApiKey: string | null;
  readonly egressAllow: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly corsOrigins: readonly string[];
  /** How long a synchronous call waits for its run, ms. */
  readonly syncWaitMs: number;
  readonly logLevel: string;
  readonly publicUrl: string | null;
  /** Where the projector runs: on a thread of its own, or (in tests of the sources) here. */
  readonly projector: 'thread' | 'inline';
}

export const ENVIRONMENT = Symbol('environment');

type Variables = Readonly<Record<string, string | undefined>>;

/** Why the application does not start; each line names a variable and what to do. */
export class ConfigurationRefused extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

export function readEnvironment(variables: Variables): Environment {
  const problems: string[] = [];
  const whole = (name: string, byDefault: number, most: number): number => {
    const text = variables[name];
    if (text === undefined || text === '') return byDefault;
    const value = Number(text);
    if (Number.isInteger(value) && value >= 0 && value <= most) return value;
    problems.push(`${name} is "${text}"; it must be a whole number from 0 to ${most}.`);
    return byDefault;
  };
  const oneOf = <T extends string>(name: string, choices: readonly T[], byDefault: T): T => {
    const text = variables[name];
    if (text === undefined || text === '') return byDefault;
    if (choices.includes(text as T)) return text as T;
    problems.push(`${name} is "${text}"; it must be one of ${choices.join(', ')}.`);
    return byDefault;
  };
  const list = (name: string) =>
    (variables[name] ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');

  if (variables['EVENT_STORE_URL'])
    problems.push(
      'EVENT_STORE_URL is set, and this version has the embedded event store only. Unset it; DATA_DIR says where the log is kept.',
    );
  if (variables['DATABASE_URL'] && !variables['DATABASE_URL'].startsWith('sqlite:'))
    problems.push('DATABASE_URL is set, and this version keeps its read model in DATA_DIR only. Unset it.');
  const password = variables['ADMIN_PASSWORD'] || null;
  if (password !== null && password.length < 12)
    problems.push(
      'ADMIN_PASSWORD is shorter than 12 characters. Choose a longer one, or leave it out: then one is made.',
    );
  const secret = variables['AUTH_SECRET'];
  if (secret !== undefined && secret.length < 32)
    problems.push(
      'AUTH_SECRET is shorter than 32 characters. Use 32 random ones or more, or leave it out on a single machine.',
    );

  const dataDir = resolve(variables['DATA_DIR'] || './data');
  const environment = {
    port: whole('PORT', 3000, 65_535),
    host: variables['HOST'] || '127.0.0.1',
    dataDir,
    pluginsDir: variables['PLUGINS_DIR'] ? resolve(variables['PLUGINS_DIR']) : null,
    pluginMode: oneOf('PLUGIN_MODE', ['development', 'production'], 'development'),
    adminEmail: variables['ADMIN_EMAIL'] || 'admin@localhost',
    adminPassword: password,
    modelDefault: variables['MODEL_DEFAULT'] || 'local/extractive-1',
    openaiBaseUrl: variables['OPENAI_BASE_URL'] || null,
    openaiApiKey: variables['OPENAI_API_KEY'] || null,
    egressAllow: list('EGRESS_ALLOW'),
    trustedProxies: list('TRUSTED_PROXIES'),
    corsOrigins: list('CORS_ORIGINS'),
    syncWaitMs: whole('SYNC_WAIT_MS', 30_000, 3_600_000),
    logLevel: oneOf('LOG_LEVEL', levels, 'warn'),
    publicUrl: variables['PUBLIC_URL'] || null,
    projector: 'thread' as const,
  };
  if (problems.length > 0) throw new ConfigurationRefused(problems);
  return { ...environment, authSecret: secret ?? keptSecret(dataDir) };
}

/** For one machine: made at the first start, readable by its owner alone. */
function keptSecret(dataDir: string): string {
  const file = join(dataDir, 'auth-secret');
  mkdirSync(dataDir, { recursive: true });
  if (!existsSync(file)) writeFileSync(file, randomBytes(48).toString('base64url'), { mode: 0o600, flag: 'wx' });
  return readFileSync(file, 'utf8').trim();
}
