/** An object with these fields and no others. */
export function objectSchema(properties, required) {
    return {
        type: 'object',
        properties,
        ...(required.length > 0 && { required }),
        additionalProperties: false,
    };
}
/** What a reader and the editor are told of a field. */
export function presentation(options, initially) {
    const { label, help, placeholder, aliases, widget } = options;
    return {
        title: label,
        ...(help !== undefined && { description: help }),
        ...(initially !== undefined && { default: initially }),
        ...(placeholder !== undefined && { 'x-placeholder': placeholder }),
        ...(aliases !== undefined && { 'x-aliases': aliases }),
        ...(widget !== undefined && { 'x-widget': widget }),
    };
}
/** One of these values; of one type, where they have one. */
export function choiceOf(values) {
    const types = new Set(values.map((value) => typeof value));
    const [type] = types;
    const scalar = type === 'string' || type === 'number' || type === 'boolean';
    return { ...(types.size === 1 && scalar && { type }), enum: [...values] };
}
