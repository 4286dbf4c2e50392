import type { NodeKind } from '../descriptor.js';
import type { NodeDefinition } from '../node-definition.js';
import { rememberConfigClass } from '../definition/config-class.js';
import { descriptorOf, type NodeOutline } from '../definition/node-outline.js';
import { schemaOfClass } from './config-schema.js';
import type { ConfigClass } from './fields.js';

/** The outline of a node class; its config is described by a class. */
export interface WorkflowNodeOptions extends NodeOutline {
  /** Default task. */
  readonly kind?: NodeKind;
  readonly config: ConfigClass;
}

/** A class that can be decorated: made once, without arguments. */
export type NodeClass = new () => object;

const optionsOfClass = new WeakMap<object, WorkflowNodeOptions>();
const definitions = new WeakMap<object, NodeDefinition>();

/** Says that this class is a node type, and what there is to know of it without running it. */
export function WorkflowNode(options: WorkflowNodeOptions): (node: NodeClass) => void {
  return (node) => void optionsOfClass.set(node, options);
}

export const isNodeClass = (exported: unknown): exported is NodeClass =>
  typeof exported === 'function' && optionsOfClass.has(exported);

/** Made once for each class. Whether it has the methods of its kind is `toDefinition`'s to say. */
export function definitionOfClass(node: NodeClass): NodeDefinition {
  const known = definitions.get(node);
  if (known !== undefined) return known;
  const { kind = 'task', config, ...outline } = optionsOfClass.get(node)!;
  const definition = {
    descriptor: descriptorOf(outline, kind, schemaOfClass(config)),
    ...boundMethods(new node() as Readonly<Record<string, unknown>>),
  } as NodeDefinition;
  rememberConfigClass(definition, config);
  definitions.set(node, definition);
  return definition;
}

const METHODS = [
  'execute',
  'retriesFor',
  'callsSteps',
  'nextCalls',
  'next',
  'join',
  'combine',
  'begin',
  'onEvent',
  'validate',
];

function boundMethods(instance: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const own = METHODS.map((name) => [name, instance[name]] as const).filter(
    ([, method]) => typeof method === 'function',
  );
  return Object.fromEntries(own.map(([name, method]) => [name, (method as () => unknown).bind(instance)]));
}
