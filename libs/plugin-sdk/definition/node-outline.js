/** The descriptor that an outline stands for. Fields' own aliases come on top of the outline's. */
export function descriptorOf(outline, kind, configSchema) {
    const { icon, color, entry, bodyPort, textAt, deprecated, aliases } = outline;
    return {
        type: outline.type,
        version: outline.version ?? 1,
        kind,
        label: outline.label,
        description: outline.description ?? '',
        category: outline.category,
        ...(icon !== undefined && { icon }),
        ...(color !== undefined && { color }),
        ports: outline.ports,
        effects: outline.effects,
        idempotent: outline.idempotent ?? false,
        ...(entry !== undefined && { entry }),
        terminal: outline.terminal ?? false,
        ...(bodyPort !== undefined && { bodyPort }),
        ...(textAt !== undefined && { textAt }),
        streams: outline.streams ?? false,
        canBeDisabled: outline.canBeDisabled ?? true,
        configSchema,
        aliases: {
            types: aliases?.types ?? [],
            config: { ...aliasesOfFields(configSchema), ...aliases?.config },
            handles: aliases?.handles ?? {},
        },
        ...(deprecated !== undefined && { deprecated }),
    };
}
function aliasesOfFields(schema) {
    const properties = (schema['properties'] ?? {});
    return Object.fromEntries(Object.entries(properties).flatMap(([key, property]) => (property['x-aliases'] ?? []).map((old) => [old, key])));
}
