import { getMetadataStorage } from 'class-validator';
import { fieldsOf } from './fields.js';
import { choiceOf, objectSchema, presentation } from '../definition/schema-parts.js';
import { keywordsOf } from './validator-keywords.js';
const made = new WeakMap();
/**
 * The JSON Schema of a config class: of its fields' decorators, their validators, and the values it is made with.
 *
 * 1. A field may be left out when it is optional or has a default.
 * 2. The default is `@Field`'s, or what a new instance has there.
 * 3. The type is what `@Condition`, `@Nested` and `@ListOf` say, else the validators, else TypeScript; `@Json` leaves it
 *    open.
 *
 * Throws where a class contains itself.
 */
export function schemaOfClass(config, within = []) {
    if (within.includes(config)) {
        throw new Error(`Config class "${config.name}" contains itself. Write the inner part as @Json() instead.`);
    }
    const known = made.get(config);
    if (known !== undefined)
        return known;
    const validators = Map.groupBy(validatorsOf(config), ({ propertyName }) => propertyName);
    const initial = new config();
    const properties = {};
    const required = [];
    for (const [key, notes] of fieldsOf(config)) {
        const own = validators.get(key) ?? [];
        const initially = notes.options?.default ?? initial[key]; // rule 2
        properties[key] = fieldSchema(config, { key, notes, validators: own, initially }, [...within, config]);
        if (initially === undefined && !own.some(isConditional))
            required.push(key); // rule 1
    }
    const schema = objectSchema(properties, required);
    made.set(config, schema);
    return schema;
}
function fieldSchema(config, { key, notes, validators, initially }, within) {
    const keywords = keywordsOf(validators.filter(({ each }) => !each));
    const shape = shapeOf(config, key, notes, keywords, within);
    const ofItems = keywordsOf(validators.filter(({ each }) => each));
    const items = Object.keys(ofItems).length === 0 ? {} : { items: { ...shape['items'], ...ofItems } };
    return {
        ...presentation(notes.options ?? { label: key }, initially),
        ...shape,
        ...keywords,
        ...items,
        ...marksOf(notes),
        ...boundsOf(notes.options, { ...shape, ...keywords }),
    };
}
const marksOf = ({ literal, condition, secret }) => ({
    ...(literal && { 'x-expression': false }),
    ...(condition && { 'x-condition': true }),
    ...(secret && { 'x-secret': true }),
});
/** Rule 3. */
function shapeOf(config, key, notes, keywords, within) {
    if (notes.condition)
        return { type: 'boolean' };
    if (notes.nested)
        return schemaOfClass(notes.nested(), within);
    if (notes.items)
        return { type: 'array', items: itemSchema(notes.items, within) };
    if (notes.json || 'type' in keywords || 'enum' in keywords)
        return {};
    return declaredType(config, key);
}
function itemSchema(items, within) {
    if (typeof items === 'function')
        return schemaOfClass(items(), within);
    return items === 'json' ? {} : { type: items };
}
/** What TypeScript knows of a property, where the compiler was asked to say so. */
function declaredType(config, key) {
    const { getMetadata } = Reflect;
    switch (getMetadata?.('design:type', config.prototype, key)) {
        case String:
            return { type: 'string' };
        case Number:
            return { type: 'number' };
        case Boolean:
            return { type: 'boolean' };
        case Array:
            return { type: 'array' };
        default:
            return {};
    }
}
/** Bounds and choices of `@Field`, where no validator has said them. */
function boundsOf(options, known) {
    const [least, most] = boundNames(known['type']);
    return {
        ...(options?.min !== undefined && !(least in known) && { [least]: options.min }),
        ...(options?.max !== undefined && !(most in known) && { [most]: options.max }),
        ...(options?.options !== undefined && !('enum' in known) && choiceOf(options.options)),
    };
}
export function boundNames(type) {
    if (type === 'string')
        return ['minLength', 'maxLength'];
    return type === 'array' ? ['minItems', 'maxItems'] : ['minimum', 'maximum'];
}
const isConditional = ({ type }) => type === 'conditionalValidation';
const validatorsOf = (config) => getMetadataStorage().getTargetValidationMetadatas(config, '', false, false);
