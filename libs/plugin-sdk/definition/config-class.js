const configClasses = new WeakMap();
export const rememberConfigClass = (definition, config) => void configClasses.set(definition, config);
/** The class that describes a definition's config, whose validators the host also runs. Undefined for the plain form. */
export const configClassOf = (definition) => configClasses.get(definition);
