import { descriptorOf } from '../definition/node-outline.js';
import { schemaOfFields } from './field.js';
/** A node type in plain JavaScript, without a build: the types of its config are inferred from its fields. */
export function defineNode(outline) {
    const { kind, config, execute, retriesFor, next, join, combine, begin, onEvent, validate, ...described } = outline;
    const behaviour = {
        execute: execute && ((context) => execute(Object.create(context, helpers))),
    };
    const definition = { ...behaviour, retriesFor, next, join, combine, begin, onEvent, validate };
    return {
        descriptor: descriptorOf(described, kind ?? 'task', schemaOfFields(config)),
        ...Object.fromEntries(Object.entries(definition).filter(([, method]) => method !== undefined)),
    };
}
const to = (port, output, more = {}) => ({ ...more, port, output });
/** What the plain form finds in its context besides the context itself. */
const helpers = { to: { value: to, enumerable: true } };
