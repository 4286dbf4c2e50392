import { defaultsFilled } from './defaults.js';
import { valueAt } from './pointer.js';
const weight = { none: 0, wait: 0, read: 1, write: 2 };
/**
 * What a node with this config does to the world.
 *
 * 1. Without a value of its own, the place a rule looks at has the default of the type's schema.
 * 2. A literal `true` at `readIf` makes it a read, whatever `by` says.
 * 3. An expression is none of the listed values, and so counts as `write`: nobody knows it before it is resolved.
 * 4. `raised` may make more of it (none → read → write), never less. A wait stays a wait.
 */
export function effectsOf(descriptor, literalConfig, raised) {
    const effects = declared(descriptor.effects, () => defaultsFilled(descriptor.configSchema, literalConfig));
    if (raised === undefined || effects === 'wait')
        return effects;
    return weight[raised] > weight[effects] ? raised : effects; // rule 4
}
function declared(rule, config) {
    if (typeof rule === 'string')
        return rule;
    const filled = config(); // rule 1
    if (rule.readIf !== undefined && valueAt(filled, rule.readIf) === true)
        return 'read'; // rule 2
    return contains(rule.read, valueAt(filled, rule.by)) ? 'read' : rule.else; // rule 3
}
const contains = (values, value) => values.some((one) => one === value);
