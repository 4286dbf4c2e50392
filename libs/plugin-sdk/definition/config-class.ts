import type { ConfigClass } from '../class-form/fields.js';
import type { NodeDefinition } from '../node-definition.js';

const configClasses = new WeakMap<NodeDefinition, ConfigClass>();

export const rememberConfigClass = (definition: NodeDefinition, config: ConfigClass): void =>
  void configClasses.set(definition, config);

/** The class that describes a definition's config, whose validators the host also runs. Undefined for the plain form. */
export const configClassOf = (definition: NodeDefinition): ConfigClass | undefined => configClasses.get(definition);
