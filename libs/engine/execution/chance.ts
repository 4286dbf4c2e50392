import { hash } from 'node:crypto';

/** 0 ≤ n < 1, the same for the same seed: a pure step that is decided again draws the same. */
export const seededChance = (seed: string): number => parseInt(hash('sha256', seed, 'hex').slice(0, 13), 16) / 2 ** 52;
