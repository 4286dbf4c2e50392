import { describe, expect, it } from '@jest/globals';
import { Simulation } from './testing/simulation/simulation.js';

/** `SIMULATIONS=5000` for more of them, `SEED=…` for those from there on. */
const { SIMULATIONS = '100', SEED = '1' } = process.env;
const seeds = Array.from({ length: Number(SIMULATIONS) }, (_, n) => Number(SEED) + n);

describe('whatever happens to several processes', () => {
  it.each(seeds)('everything comes to its end, by seed %i', async (seed) => {
    const simulation = new Simulation(seed);
    await simulation.run();
    const { violations, told, calls } = simulation;
    expect(violations.length === 0 ? [] : [...violations, 'after:', ...told]).toEqual([]);
    expect(calls).toBeGreaterThan(30);
  });
});
