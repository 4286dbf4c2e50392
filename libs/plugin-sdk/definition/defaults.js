/**
 * The config with the schema's defaults where nothing stands, in nested objects and lists too. What stands is kept as
 * it is, unknown keys and null included. Gives the config itself when there was nothing to fill in.
 */
export function defaultsFilled(schema, config) {
    return filled(schema, config);
}
function filled(schema, value) {
    if (Array.isArray(value))
        return filledList(schema, value);
    if (typeof value !== 'object' || value === null)
        return value;
    const properties = (schema['properties'] ?? {});
    const changed = [];
    for (const [key, property] of Object.entries(properties)) {
        const own = Object.hasOwn(value, key) ? value[key] : undefined;
        const next = own === undefined ? property['default'] : filled(property, own);
        if (next !== undefined && next !== own)
            changed.push([key, next]);
    }
    return changed.length === 0 ? value : { ...value, ...Object.fromEntries(changed) };
}
function filledList(schema, list) {
    const items = schema['items'];
    if (items === undefined)
        return list;
    const next = list.map((item) => filled(items, item));
    return next.some((item, index) => item !== list[index]) ? next : list;
}
