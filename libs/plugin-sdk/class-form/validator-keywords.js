import { choiceOf } from '../definition/schema-parts.js';
/** What JSON Schema can say of a validator. One that is not listed is still checked, only not drawn. */
const known = {
    isString: () => ({ type: 'string' }),
    isNumber: () => ({ type: 'number' }),
    isInt: () => ({ type: 'integer' }),
    isBoolean: () => ({ type: 'boolean' }),
    isArray: () => ({ type: 'array' }),
    isObject: () => ({ type: 'object' }),
    isNotEmptyObject: () => ({ type: 'object', minProperties: 1 }),
    min: (least) => ({ minimum: least }),
    max: (most) => ({ maximum: most }),
    isPositive: () => ({ exclusiveMinimum: 0 }),
    isNegative: () => ({ exclusiveMaximum: 0 }),
    isDivisibleBy: (divisor) => ({ multipleOf: divisor }),
    isLength: (least, most) => ({ minLength: least, ...(most !== undefined && { maxLength: most }) }),
    minLength: (least) => ({ minLength: least }),
    maxLength: (most) => ({ maxLength: most }),
    matches: (pattern) => (pattern.flags === '' ? { pattern: pattern.source } : {}),
    isIn: choiceOf,
    isNotIn: (values) => ({ not: { enum: [...values] } }),
    isEnum: (values) => choiceOf(Object.values(values)),
    equals: (value) => ({ const: value }),
    isUrl: () => ({ type: 'string' }),
    isEmail: () => ({ type: 'string', format: 'email' }),
    isUuid: () => ({ type: 'string', format: 'uuid' }),
    isRfc3339: () => ({ type: 'string' }),
    arrayMinSize: (least) => ({ minItems: least }),
    arrayMaxSize: (most) => ({ maxItems: most }),
    arrayNotEmpty: () => ({ minItems: 1 }),
    arrayUnique: () => ({ uniqueItems: true }),
};
export function keywordsOf(validators) {
    const said = validators.map(({ name, constraints }) => {
        const keywords = name !== undefined && Object.hasOwn(known, name) ? known[name] : undefined;
        return keywords?.(...(constraints ?? [])) ?? {};
    });
    return Object.assign({}, ...said);
}
