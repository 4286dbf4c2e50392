import type { ConfigClass } from '../class-form/fields.js';

const configClasses = new WeakMap<object, ConfigClass>();

export const rememberConfigClass = (definition: object, config: ConfigClass): void =>
  void configClasses.set(definition, config);

/**
 * The class that describes a node type's config or a tool's arguments, whose validators the host also runs. Undefined
 * for the plain form.
 */
export const configClassOf = (definition: object): ConfigClass | undefined => configClasses.get(definition);
