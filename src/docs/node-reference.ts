import type { InstalledNode, NodeCatalogue } from '#plugin-host';
import type { JsonObject, JsonValue, NodeDescriptor, PortRule } from '#plugin-sdk';

const about = `Every node type that comes with Chatter, from the one description that editor, validator and engine read too. Every
type also has the port \`error\`. A field takes expressions unless it is *literal*; a *condition* is one expression.
What stands on every node beside its config (\`retry\`, \`timeout_ms\`, \`on_error\` …) is in [Failures](failures.md).`;

/** The reference page of the built-in node types: Markdown. */
export function nodeReference(catalogue: NodeCatalogue): string {
  const nodes = catalogue
    .all()
    .filter(({ plugin }) => plugin.source === 'built-in')
    .toSorted((left, right) => typeOf(left).localeCompare(typeOf(right)));
  return ['# Node types', '', about, '', contents(nodes), '', ...nodes.flatMap(section)].join('\n');
}

const typeOf = ({ definition }: InstalledNode): string => definition.descriptor.type;

const contents = (nodes: readonly InstalledNode[]): string =>
  nodes.map((node) => `[\`${typeOf(node)}\`](#${typeOf(node)})`).join(' · ');

function section({ definition: { descriptor }, help }: InstalledNode): string[] {
  const example = /```json\n[^]*?```/.exec(help ?? '')?.[0];
  return [
    `## ${descriptor.type}`,
    '',
    descriptor.description,
    '',
    facts(descriptor),
    '',
    ...fields(descriptor.configSchema),
    ...(example === undefined ? [] : [example, '']),
  ];
}

function portInWords(port: PortRule): string {
  if (typeof port === 'string') return code(port);
  if ('from' in port) return 'one for each entry of its config';
  return `${code(port.name)} (with ${code(`${port.if.slice(1)}: ${port.is}`)})`;
}

function facts({ kind, effects, ports, idempotent, aliases, deprecated }: NodeDescriptor): string {
  const named = ports.map(portInWords);
  return [
    `*${kind}*, effects ${typeof effects === 'string' ? effects : 'by its config'}${idempotent === false ? '' : idempotent === true ? ', idempotent' : ', idempotent by its config'}`,
    `ports: ${named.length === 0 ? 'none' : named.join(', ')}`,
    ...(aliases.types.length > 0 ? [`also read as ${aliases.types.map(code).join(', ')}`] : []),
    ...(deprecated ? [`deprecated: use \`${deprecated.successor}\``] : []),
  ].join(' · ');
}

function fields(schema: JsonObject): string[] {
  const rows = rowsOf(schema, '');
  if (rows.length === 0) return ['It has no config.', ''];
  return ['| field | | default | |', '|---|---|---|---|', ...rows, ''];
}

function rowsOf(schema: JsonObject, prefix: string): string[] {
  const required = (schema['required'] ?? []) as readonly string[];
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, JsonObject>>;
  return Object.entries(properties).flatMap(([name, field]) => {
    const initially = field['default'] === undefined ? '' : code(JSON.stringify(field['default']));
    const marks = [
      ...(field['x-expression'] === false ? ['literal'] : []),
      ...(field['x-condition'] === true ? ['condition'] : []),
      ...(field['x-secret'] === true ? ['secret'] : []),
    ];
    const shape = [shapeOf(field), ...marks].filter((part) => part !== '').join(', ');
    const own = `| \`${prefix}${name}\` | ${shape} | ${required.includes(name) ? '**needed**' : initially} | ${text(field['description'])} |`;
    const inner = (field['items'] as JsonObject | undefined) ?? field;
    return [own, ...rowsOf(inner, `${prefix}${name}${field['items'] ? '[]' : ''}.`)];
  });
}

function shapeOf(field: JsonObject): string {
  if (Array.isArray(field['enum'])) return field['enum'].map((each) => code(String(each))).join(', ');
  const { type } = field;
  const items = (field['items'] as JsonObject | undefined)?.['type'];
  const named = type === 'array' ? `list${items === undefined ? '' : ` of ${String(items)}s`}` : String(type ?? 'any');
  return `${named}${boundsOf(field)}`;
}

function boundsOf(field: JsonObject): string {
  const [least, most] = [
    field['minimum'] ?? field['minLength'] ?? field['minItems'],
    field['maximum'] ?? field['maxLength'] ?? field['maxItems'],
  ];
  if (least === undefined && most === undefined) return '';
  if (most === undefined) return ` from ${String(least)}`;
  return least === undefined ? ` up to ${String(most)}` : ` ${String(least)} to ${String(most)}`;
}

const text = (value: JsonValue | undefined): string =>
  String(value ?? '')
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ');
const code = (value: string): string => `\`${value.replaceAll('|', '\\|')}\``;
