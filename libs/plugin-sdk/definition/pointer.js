/** What stands at a JSON pointer; undefined where nothing does. */
export function valueAt(root, pointer) {
    return valuesAt(root, pointer)[0];
}
/** What stands at a JSON pointer of which a part may be `*`: each item of the list there, in order. */
export function valuesAt(root, pointer) {
    return partsOf(pointer).reduce((places, part) => places.flatMap((place) => (part === '*' ? itemsOf(place) : memberOf(place, part))), [root]);
}
const partsOf = (pointer) => pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
const itemsOf = (place) => Array.isArray(place) ? place : [];
function memberOf(place, part) {
    if (typeof place !== 'object' || place === null || !Object.hasOwn(place, part))
        return [];
    return [place[part]];
}
