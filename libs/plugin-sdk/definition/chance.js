/**
 * Numbers 0 ≤ n < 1 that look drawn and are not: the same seed gives the same ones, on every machine.
 * FNV-1a over the seed starts a mulberry32.
 */
export function chanceFrom(seed) {
    let state = 0x811c9dc5;
    for (let index = 0; index < seed.length; index += 1)
        state = Math.imul(state ^ seed.charCodeAt(index), 0x01000193);
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
    };
}
