import { portsOf, type JsonObject, type NodeDescriptor } from '#plugin-sdk';
import type { EdgeData, Graph, GraphEdge, GraphNode, NodeData, NodeTypes } from './graph.js';
import { readConfig } from './read-graph-config.js';
import {
  isMembers,
  membersOf,
  type GraphNote,
  type KnownKeys,
  type Members,
  type ReadingNotes,
} from './read-graph-shape.js';
import { withoutToolRings } from './tool-rings.js';

/** What came of reading a graph. */
export interface GraphReading {
  /** Canonical; null when something is malformed. It has the order of what was sent, so that pointers into it hold for both. */
  readonly graph: Graph | null;
  /** What no graph can say: an answer of 400. */
  readonly malformed: readonly GraphNote[];
  /** Old names that were read as those of today. */
  readonly aliases: readonly GraphNote[];
  /** JSON pointers of what a canvas had added. */
  readonly dropped: readonly string[];
}

const NODE: KnownKeys = {
  keys: ['id', 'type', 'type_version', 'position', 'data'],
  elsewhere: {
    config: 'data',
    label: 'data',
    retry: 'data',
    timeout_ms: 'data',
    name: 'data.label',
    parameters: 'data.config',
  },
};
const NODE_DATA: KnownKeys = {
  keys: ['label', 'config', 'retry', 'timeout_ms', 'on_error', 'on_uncertain', 'compensate', 'enabled', 'effects'],
};
const EDGE: KnownKeys = {
  keys: ['id', 'source', 'target', 'source_handle', 'target_handle', 'data'],
  canvas: ['type'],
  elsewhere: { condition: 'data', default: 'data', label: 'data' },
};
const EDGE_DATA: KnownKeys = { keys: ['condition', 'default', 'label'] };
const POSITION: KnownKeys = { keys: ['x', 'y'] };

/** What old graphs wrote for "the end", without a node of that id. */
const END_TARGETS: ReadonlySet<string> = new Set(['END', '__end__']);

/**
 * Reads what a canvas, a client or an old definition sends. Reading what was read gives the same again.
 *
 * 1. Its shape is checked; what is malformed is reported with its place, all of it.
 * 2. Types, config keys and handles are read by their aliases, camelCase as snake_case.
 * 3. An edge without `source_handle` leaves by the type's first port, one without `target_handle` enters `in`, one
 *    without id is called `source-handle-target`.
 * 4. An edge to `END` or `__end__` leads to the end node, which is made if there is none.
 * 5. An old ring of a model and its tools is read as a model with tools (`tool-rings.ts`): pointers behind it shift by one.
 * 6. What says only what is so anyway (`enabled: true`, `condition: null`) is left out.
 *
 * Whether the graph makes sense is the validator's question.
 */
export function readGraph(nodes: unknown, edges: unknown, types: NodeTypes): GraphReading {
  const notes: ReadingNotes = { malformed: [], aliases: [], dropped: [] };
  const readNodes = listOf(nodes, 'nodes', notes, (node, path) => readNode(node, path, types, notes));
  const readEdges = listOf(edges ?? [], 'edges', notes, (edge, path) => readEdge(edge, path, notes));
  if (notes.malformed.length > 0) return { graph: null, ...notes };
  const read = withoutToolRings(new Connecting(readNodes, types, notes).graph(readEdges), types);
  notes.aliases.push(...read.notes);
  return { graph: read.graph, ...notes };
}

function listOf<T>(
  list: unknown,
  name: string,
  notes: ReadingNotes,
  read: (item: Members, path: string) => T | null,
): T[] {
  if (!Array.isArray(list)) {
    notes.malformed.push({ path: `/${name}`, message: `"${name}" has to be a list of ${name}.` });
    return [];
  }
  return list.flatMap((item: unknown, index) => {
    const path = `/${name}/${index}`;
    const one = isMembers(item) ? read(item, path) : null;
    if (!isMembers(item)) notes.malformed.push({ path, message: `Each of ${name} is an object; this is not.` });
    return one === null ? [] : [one];
  });
}

function readNode(object: Members, path: string, types: NodeTypes, notes: ReadingNotes): GraphNode | null {
  const { id, type, type_version: version, position, data } = membersOf(object, path, NODE, notes);
  const shape = new Shape(path, notes);
  const named = [
    shape.text('id', id, 'A node has an "id", a text.'),
    shape.text('type', type, 'A node has a "type", a text.'),
  ].every(Boolean);
  shape.optional('type_version', version, isVersion, '"type_version" is a whole number from 1.');
  if (!named) return null;
  const definition = types.find(type as string, version as number | undefined) ?? types.find(type as string);
  const canonical = definition?.descriptor.type ?? (type as string);
  if (canonical !== type) {
    notes.aliases.push({
      path: `${path}/type`,
      node_id: id as string,
      message: `The type "${type}" is called "${canonical}" today.`,
    });
  }
  return {
    id: id as string,
    type: canonical,
    ...(isVersion(version) && { type_version: version }),
    ...readPosition(position, path, notes),
    data: readNodeData(data ?? {}, { path: `${path}/data`, node_id: id as string }, definition?.descriptor, notes),
  };
}

function readPosition(position: unknown, path: string, notes: ReadingNotes): Pick<GraphNode, 'position'> {
  if (position === undefined || position === null) return {};
  const { x, y } = isMembers(position) ? membersOf(position, `${path}/position`, POSITION, notes) : {};
  if (typeof x === 'number' && typeof y === 'number') return { position: { x, y } };
  notes.malformed.push({ path: `${path}/position`, message: '"position" is {"x": number, "y": number}.' });
  return {};
}

function readNodeData(
  data: unknown,
  place: { readonly path: string; readonly node_id: string },
  descriptor: NodeDescriptor | undefined,
  notes: ReadingNotes,
): NodeData {
  if (!isMembers(data)) {
    notes.malformed.push({ ...place, message: `"data" of a node is an object.` });
    return { config: {} };
  }
  const { label, config, ...settings } = membersOf(data, place.path, NODE_DATA, notes);
  const shape = new Shape(place.path, notes);
  shape.optional('label', label, isText, '"label" is a text.');
  shape.optional('config', config, isMembers, '"config" is an object.');
  const inConfig = { path: `${place.path}/config`, node_id: place.node_id };
  return {
    ...(isText(label) && { label }),
    config: readConfig(isMembers(config) ? (config as JsonObject) : {}, descriptor, inConfig, notes),
    ...Object.fromEntries(
      Object.entries(settings).filter(([key, value]) => value !== null && value !== SAID_ANYWAY[key]),
    ), // rule 5
  };
}

const SAID_ANYWAY: Readonly<Record<string, unknown>> = { enabled: true, on_error: 'fail' };

/** An edge as sent, before its nodes are looked at. */
interface SentEdge extends Pick<GraphEdge, 'source' | 'target' | 'data'> {
  readonly path: string;
  readonly id?: string;
  readonly source_handle?: string;
  readonly target_handle?: string;
}

function readEdge(object: Members, path: string, notes: ReadingNotes): SentEdge | null {
  const { id, source, target, source_handle, target_handle, data } = membersOf(object, path, EDGE, notes);
  const shape = new Shape(path, notes);
  const joined = [
    shape.text('source', source, 'An edge has a "source", the id of a node.'),
    shape.text('target', target, 'An edge has a "target", the id of a node.'),
  ].every(Boolean);
  shape.optional('id', id, isText, '"id" of an edge is a text.');
  shape.optional('source_handle', source_handle, isText, '"source_handle" is the name of a port.');
  shape.optional('target_handle', target_handle, isText, '"target_handle" is "in", or "back" of a scope.');
  const read = readEdgeData(data ?? {}, `${path}/data`, notes);
  if (!joined) return null;
  return {
    path,
    source: source as string,
    target: target as string,
    ...(isText(id) && { id }),
    ...(isText(source_handle) && { source_handle }),
    ...(isText(target_handle) && { target_handle }),
    data: read,
  };
}

function readEdgeData(data: unknown, path: string, notes: ReadingNotes): EdgeData {
  if (!isMembers(data)) {
    notes.malformed.push({ path, message: `"data" of an edge is an object.` });
    return {};
  }
  const { condition, default: isDefault, label } = membersOf(data, path, EDGE_DATA, notes);
  const shape = new Shape(path, notes);
  shape.optional('condition', condition, isText, '"condition" is a text: one expression.');
  shape.optional('default', isDefault, (value) => typeof value === 'boolean', '"default" is true or false.');
  shape.optional('label', label, isText, '"label" is a text.');
  return {
    ...(isText(condition) && condition.trim() !== '' && { condition }),
    ...(isDefault === true && { default: true }),
    ...(isText(label) && { label }),
  };
}

/** Checks members of one object. */
class Shape {
  constructor(
    private readonly path: string,
    private readonly notes: ReadingNotes,
  ) {}

  text(key: string, value: unknown, message: string): boolean {
    if (isText(value)) return true;
    this.notes.malformed.push({ path: `${this.path}/${key}`, message });
    return false;
  }

  optional(key: string, value: unknown, fits: (value: unknown) => boolean, message: string): void {
    if (value !== undefined && value !== null && !fits(value))
      this.notes.malformed.push({ path: `${this.path}/${key}`, message });
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isVersion = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;

/** Rules 3 and 4: what an edge leaves out is a matter of the nodes it joins. */
class Connecting {
  private readonly byId: Map<string, GraphNode>;

  constructor(
    private readonly nodes: GraphNode[],
    private readonly types: NodeTypes,
    private readonly notes: ReadingNotes,
  ) {
    this.byId = new Map(nodes.map((node) => [node.id, node]));
  }

  graph(edges: readonly SentEdge[]): Graph {
    const ids = new Set(edges.flatMap(({ id }) => (id === undefined ? [] : [id])));
    const connected = edges.map((edge): GraphEdge => {
      const { source, data, target_handle = 'in' } = edge;
      const target = this.target(edge);
      const source_handle = this.port(edge);
      const id = edge.id ?? unusedId(`${source}-${source_handle}-${target}`, ids);
      return { id, source, target, source_handle, target_handle, data };
    });
    return { nodes: this.nodes, edges: connected };
  }

  private port({ source, source_handle: handle, path, id }: SentEdge): string {
    const node = this.byId.get(source);
    const descriptor = node && this.types.find(node.type, node.type_version)?.descriptor;
    const ports = descriptor ? portsOf(descriptor, node.data.config) : [];
    if (handle === undefined) return ports[0] ?? 'out';
    const handles = descriptor?.aliases.handles ?? {};
    if (ports.includes(handle) || !Object.hasOwn(handles, handle)) return handle;
    const today = handles[handle]!;
    const message = `The port "${handle}" of "${source}" is called "${today}" today.`;
    this.notes.aliases.push({ path: `${path}/source_handle`, ...(id !== undefined && { edge_id: id }), message });
    return today;
  }

  private target({ target, path, id }: SentEdge): string {
    if (!END_TARGETS.has(target) || this.byId.has(target)) return target;
    const end = this.endNode();
    if (end === null) return target;
    const message = `The target "${target}" is read as the node "${end}". Write "${end}".`;
    this.notes.aliases.push({ path: `${path}/target`, ...(id !== undefined && { edge_id: id }), message });
    return end;
  }

  private endNode(): string | null {
    const existing = this.nodes.find(
      ({ type, type_version }) => this.types.find(type, type_version)?.descriptor.terminal,
    );
    if (existing) return existing.id;
    const type = this.types.all().find(({ descriptor }) => descriptor.terminal)?.descriptor.type;
    if (type === undefined) return null;
    const node: GraphNode = { id: unusedId('end', new Set(this.byId.keys())), type, data: { config: {} } };
    this.nodes.push(node);
    this.byId.set(node.id, node);
    return node.id;
  }
}

/** The id, with a number behind it when it is taken; takes it. */
function unusedId(wanted: string, taken: Set<string>): string {
  let id = wanted;
  for (let number = 2; taken.has(id); number++) id = `${wanted}-${number}`;
  taken.add(id);
  return id;
}
