import { didYouMean } from '../../config/did-you-mean.js';
import { urlOf } from '../../http/request-check.js';

/** An MCP server that the operator named. Nothing of it ever comes from a workflow. */
export type McpServerConfig = McpOverHttp | McpOverStdio;

interface Named {
  /** Before its tools' names: `<name>__<tool>`. */
  readonly name: string;
  /** Its tools that are listed. Null: all. */
  readonly allow: readonly string[] | null;
  /** Its tools that change nothing. Every other one counts as writing, whatever the server says of it. */
  readonly readOnly: readonly string[];
}

export interface McpOverHttp extends Named {
  readonly url: string;
  /** Sent with every request: how the server knows us. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface McpOverStdio extends Named {
  readonly command: string;
  readonly args: readonly string[];
  /** All that the process finds in its environment. */
  readonly env: Readonly<Record<string, string>>;
}

export interface McpConfigs {
  readonly servers: readonly McpServerConfig[];
  /** What is wrong, each with its place; with any, nothing is used. */
  readonly problems: readonly string[];
}

const NAME = /^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/;
const LONGEST_NAME = 32;
const MOST_SERVERS = 20;
const KEYS = ['name', 'url', 'headers', 'command', 'args', 'env', 'allow', 'read_only'];

/**
 * Reads what the operator wrote about MCP servers, as JSON.
 *
 * 1. A list of objects, each with a name of its own: lower case, digits, single `-` and `_`.
 * 2. Each is reached by `url` (http or https) or by `command`, and by one of them only.
 * 3. `headers` go with a url, `args` and `env` with a command. A key that is not known is an error.
 */
export function readMcpServers(text: string): McpConfigs {
  const entries = parsed(text);
  if (!Array.isArray(entries))
    return { servers: [], problems: ['it is no JSON list: [{"name": "files", "command": "…"}].'] };
  if (entries.length > MOST_SERVERS)
    return { servers: [], problems: [`it names ${entries.length} servers; ${MOST_SERVERS} are the most.`] };
  const names = new Set<unknown>();
  const problems = (entries as readonly unknown[]).flatMap((entry, index) => {
    const own = problemsOf(entry, names).map((problem) => `[${index}] ${problem}`);
    names.add((entry as { name?: unknown } | null)?.name);
    return own;
  });
  return { servers: problems.length > 0 ? [] : (entries as readonly Written[]).map(configOf), problems };
}

interface Written {
  readonly name: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly allow?: readonly string[];
  readonly read_only?: readonly string[];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemsOf(entry: unknown, names: ReadonlySet<unknown>): string[] {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return ['is no object.'];
  const written = entry as Readonly<Record<string, unknown>>;
  return [
    ...Object.keys(written)
      .filter((key) => !KEYS.includes(key))
      .map((key) => `has the key "${key}", which is not known.${didYouMean(key, KEYS)}`),
    ...problemsOfName(written['name'], names), // rule 1
    ...problemsOfReach(written), // rules 2 and 3
    ...(['args', 'allow', 'read_only'] as const)
      .filter((key) => written[key] !== undefined && !areTexts(written[key]))
      .map((key) => `has ${key}, which has to be a list of texts.`),
    ...(['headers', 'env'] as const)
      .filter((key) => written[key] !== undefined && !isTextMap(written[key]))
      .map((key) => `has ${key}, which has to be an object of texts.`),
  ];
}

function problemsOfName(name: unknown, names: ReadonlySet<unknown>): string[] {
  if (typeof name !== 'string' || !NAME.test(name) || name.length > LONGEST_NAME)
    return [`has no usable name. Use lower-case letters, digits, single "-" and "_", at most ${LONGEST_NAME}.`];
  return names.has(name) ? [`has the name "${name}", which another one has.`] : [];
}

function problemsOfReach({ url, command, headers, args, env }: Readonly<Record<string, unknown>>): string[] {
  if ((url === undefined) === (command === undefined)) return ['needs either a url or a command.'];
  if (command !== undefined) {
    if (headers !== undefined) return ['has headers, but no url that they could be sent to.'];
    return typeof command === 'string' && command !== '' ? [] : ['has a command that is no text.'];
  }
  if (args !== undefined || env !== undefined) return ['has args or env, but no command that they are for.'];
  const problem = problemOfUrl(url);
  return problem === null ? [] : [`has a url that cannot be used. ${problem}`];
}

function problemOfUrl(url: unknown): string | null {
  try {
    urlOf(String(url));
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

function configOf({
  name,
  url,
  headers = {},
  command,
  args = [],
  env = {},
  allow,
  read_only,
}: Written): McpServerConfig {
  const named: Named = { name, allow: allow ?? null, readOnly: read_only ?? [] };
  return url === undefined ? { ...named, command: command!, args, env } : { ...named, url, headers };
}

const areTexts = (list: unknown): boolean => Array.isArray(list) && list.every((one) => typeof one === 'string');

const isTextMap = (map: unknown): boolean =>
  typeof map === 'object' && map !== null && !Array.isArray(map) && areTexts(Object.values(map));
