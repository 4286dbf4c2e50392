const notesOfClass = new WeakMap();
/** The label, help and bounds of a field. The type comes from the validators beside it, or from TypeScript. */
export const Field = (options) => note({ options });
/** Takes no expressions: what stands there is what is meant. */
export const Literal = () => note({ literal: true });
/** One CEL expression on the wire, with or without braces; a boolean in `execute`. */
export const Condition = () => note({ condition: true });
/** Never shown again, logged or stored. */
export const Secret = () => note({ secret: true });
/** Any JSON, as far as the validators beside it let through. */
export const Json = () => note({ json: true });
/** A list of such items. */
export const ListOf = (items) => note({ items });
/** An object with fields of its own. */
export const Nested = (nested) => note({ nested });
/** The fields of a config class and of those it extends, in the order they were written. */
export function fieldsOf(config) {
    const parent = Object.getPrototypeOf(config);
    const inherited = typeof parent === 'function' && parent.prototype !== undefined ? fieldsOf(parent) : [];
    return new Map([...inherited, ...(notesOfClass.get(config) ?? [])]);
}
function note(notes) {
    return (prototype, key) => {
        const fields = notesOfClass.get(prototype.constructor) ?? new Map();
        notesOfClass.set(prototype.constructor, fields);
        fields.set(String(key), { ...fields.get(String(key)), ...notes });
    };
}
