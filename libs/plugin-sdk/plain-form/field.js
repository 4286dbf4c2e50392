import { boundNames } from '../class-form/config-schema.js';
import { choiceOf, objectSchema, presentation } from '../definition/schema-parts.js';
/** Describes the fields of a config. A field with a default need not be given. */
export const field = {
    string: (options = {}) => specOf({ type: 'string' }, options),
    number: (options = {}) => specOf({ type: 'number' }, options),
    integer: (options = {}) => specOf({ type: 'integer' }, options),
    boolean: (options = {}) => specOf({ type: 'boolean' }, options),
    /** One of these values. */
    choice: (values, options = {}) => specOf(choiceOf(values), options),
    /** Any JSON. */
    json: (options = {}) => specOf({}, options),
    /** One CEL expression on the wire; a boolean in `execute`. */
    condition: (options = {}) => specOf({ type: 'boolean', 'x-condition': true }, options),
    /** A list of such items. */
    list: (items, options = {}) => specOf({ type: 'array', items: items.schema }, options),
    /** An object with fields of its own. */
    object: (fields, options = {}) => specOf(schemaOfFields(fields), options),
};
export function schemaOfFields(fields) {
    const named = Object.entries(fields);
    const properties = named.map(([key, { schema }]) => [key, { title: key, ...schema }]);
    return objectSchema(Object.fromEntries(properties), named.filter(([, { required }]) => required).map(([key]) => key));
}
function specOf(shape, options) {
    const { label, default: initially, ...others } = options;
    const { title, ...shown } = presentation({ label: label ?? '', ...others }, initially);
    const [least, most] = boundNames(shape['type']);
    const { min, max, options: choices } = others;
    return made({
        ...(label !== undefined && { title: title }),
        ...shown,
        ...shape,
        ...(min !== undefined && { [least]: min }),
        ...(max !== undefined && { [most]: max }),
        ...(choices !== undefined && choiceOf(choices)),
    }, initially === undefined);
}
const made = (schema, required) => ({
    schema,
    required,
    optional: () => made(schema, false),
    literal: () => made({ ...schema, 'x-expression': false }, required),
    secret: () => made({ ...schema, 'x-secret': true }, required),
});
