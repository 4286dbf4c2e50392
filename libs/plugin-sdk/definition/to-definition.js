import { definitionOfClass, isNodeClass } from '../class-form/workflow-node.js';
import { problemOfDescriptor } from './check-descriptor.js';
const methodsOf = {
    task: ['execute'],
    scope: ['next'],
    join: ['join', 'combine'],
    wait: ['begin', 'onEvent'],
};
/** Whether a module's export says it is a node type: a decorated class, or what `defineNode` gave. */
export function isNodeExport(exported) {
    return isNodeClass(exported) || (typeof exported === 'object' && exported !== null && 'descriptor' in exported);
}
/**
 * The definition of a decorated class or of what `defineNode` gave; the same one each time.
 * Throws an error whose message names what is wrong and what to write instead.
 */
export function toDefinition(exported) {
    const definition = isNodeClass(exported) ? definitionOfClass(exported) : exported;
    if (!isNodeExport(exported)) {
        throw new Error(`${nameOf(exported)} is no node type. Put @WorkflowNode({…}) on a class, or export what defineNode({…}) gives.`);
    }
    const checked = definition;
    const problem = problemOfDescriptor(checked.descriptor) ?? problemOfMethods(checked);
    if (problem !== null)
        throw new Error(`${nameOf(exported)} cannot be used: ${problem}`);
    return checked;
}
function problemOfMethods(definition) {
    const { kind } = definition.descriptor;
    const has = (method) => typeof definition[method] === 'function';
    const missing = methodsOf[kind].find((method) => !has(method));
    if (missing === undefined)
        return null;
    const other = Object.keys(methodsOf).find((one) => methodsOf[one].every(has));
    const hint = other === undefined ? '' : ` It has ${methodsOf[other].join(' and ')}: did you mean kind "${other}"?`;
    return `it is a ${kind}, but has no ${missing}.${hint}`;
}
function nameOf(exported) {
    if (typeof exported === 'function')
        return `Class "${exported.name}"`;
    const type = exported?.descriptor?.type;
    return type === undefined ? 'This export' : `Node type "${String(type)}"`;
}
