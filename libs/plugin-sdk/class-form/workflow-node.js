import { rememberConfigClass } from '../definition/config-class.js';
import { descriptorOf } from '../definition/node-outline.js';
import { schemaOfClass } from './config-schema.js';
const optionsOfClass = new WeakMap();
const definitions = new WeakMap();
/** Says that this class is a node type, and what there is to know of it without running it. */
export function WorkflowNode(options) {
    return (node) => void optionsOfClass.set(node, options);
}
export const isNodeClass = (exported) => typeof exported === 'function' && optionsOfClass.has(exported);
/** Made once for each class. Whether it has the methods of its kind is `toDefinition`'s to say. */
export function definitionOfClass(node) {
    const known = definitions.get(node);
    if (known !== undefined)
        return known;
    const { kind = 'task', config, ...outline } = optionsOfClass.get(node);
    const definition = {
        descriptor: descriptorOf(outline, kind, schemaOfClass(config)),
        ...boundMethods(new node()),
    };
    rememberConfigClass(definition, config);
    definitions.set(node, definition);
    return definition;
}
const METHODS = ['execute', 'retriesFor', 'next', 'join', 'combine', 'begin', 'onEvent', 'validate'];
function boundMethods(instance) {
    const own = METHODS.map((name) => [name, instance[name]]).filter(([, method]) => typeof method === 'function');
    return Object.fromEntries(own.map(([name, method]) => [name, method.bind(instance)]));
}
