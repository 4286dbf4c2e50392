import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  accept,
  asGraph,
  complete,
  fail,
  given,
  compiled,
  randomLevel,
  type RandomLevel,
  type RandomNode,
  type Specified,
  type Wish,
} from '../testing/index.js';

/** What a task comes to, by its path alone: the same whoever asks, and whenever. */
type Outcome = { readonly port: string } | 'fails';

const outcomeOf = (seed: number, path: string, type: string): Outcome => {
  let mixed = seed;
  for (const char of path) mixed = (Math.imul(mixed ^ char.charCodeAt(0), 0x01000193) >>> 0) % 0xffff;
  if (mixed % 5 === 0) return 'fails';
  return { port: type === 'choose' ? (mixed % 2 === 0 ? 'true' : 'false') : 'out' };
};

/**
 * The rules once more, written as one would explain them: a node's fate is asked of its predecessors, and theirs of theirs.
 * Shares nothing with the code that it is compared to.
 */
function referenceFates(level: RandomLevel, prefix: string, seed: number, fates: Map<string, string>): void {
  const known = new Map<string, { fate: string; port: string | null }>();

  const ends = (each: RandomNode): { fate: string; port: string | null } => {
    const before = known.get(each.id);
    if (before) return before;
    const result = find(each);
    known.set(each.id, result);
    return result;
  };

  const find = (each: RandomNode): { fate: string; port: string | null } => {
    const arrived = each.from.filter(
      ({ source, port }) => ends(level.nodes.find(({ id }) => id === source)!).port === port,
    ).length;
    const entered = each.from.length === 0;
    if (!entered && arrived === 0) return { fate: 'skipped', port: null };
    const wanted = each.type === 'merge' && each.join === 'n' ? each.n : 1;
    if ((entered ? 1 : arrived) < wanted) return { fate: 'abandoned', port: 'error' };
    if (each.type === 'merge') return { fate: 'succeeded', port: 'out' };
    if (each.type === 'map') {
      for (let index = 0; index < each.items; index += 1)
        referenceFates(each.body!, `${prefix}${each.id}[${index}]/`, seed, fates);
      return { fate: 'succeeded', port: 'done' };
    }
    const outcome = outcomeOf(seed, prefix + each.id, each.type);
    return outcome === 'fails' ? { fate: 'abandoned', port: 'error' } : { fate: 'succeeded', port: outcome.port };
  };

  for (const each of level.nodes) {
    const { fate, port } = ends(each);
    fates.set(prefix + each.id, fate);
    if (each.type !== 'map') fates.set(`${prefix}${each.id}_caught`, port === 'error' ? 'succeeded' : 'skipped');
  }
}

/** Runs it through the decider, completing what is ready in an order that chance decides. */
function runThrough(level: RandomLevel, seed: number, order: readonly number[]): { run: Specified; wishes: Wish[] } {
  const { nodes, edges } = asGraph(level);
  const types = new Map(nodes.map(({ id, type }) => [id, type]));
  const wishes: Wish[] = [];
  const run = given(compiled(nodes, edges), accept());
  for (let turn = 0; run.ready.length > 0; turn += 1) {
    const path = run.ready[(order[turn % order.length] ?? 0) % run.ready.length]!;
    const type = types.get(path.slice(path.lastIndexOf('/') + 1))!;
    const outcome: Outcome =
      type === 'start' ? { port: 'out' } : type === 'handler' ? { port: 'handled' } : outcomeOf(seed, path, type);
    const wish = outcome === 'fails' ? fail(path, { retryable: false }) : complete(path, path, outcome.port);
    wishes.push(wish);
    run.tell(wish);
  }
  return { run, wishes };
}

const orders = fc.array(fc.nat(20), { minLength: 1, maxLength: 30 });

describe('random workflows (nested scopes, joins, dead paths, failures)', () => {
  it('settle every step with the fate that the reference finds, in whatever order their steps end', () => {
    fc.assert(
      fc.property(randomLevel(2), fc.nat(10_000), orders, (level, seed, order) => {
        const expected = new Map([['start', 'succeeded']]);
        referenceFates(level, '', seed, expected);
        const { run } = runThrough(level, seed, order);
        const found = new Map([...run.state.steps].map(([path, { status }]) => [path, status]));
        expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
        expect(run.state.status).toBe('completed');
      }),
      { numRuns: 300 },
    );
  });

  it('fold back to the state that deciding left behind, and end once', () => {
    fc.assert(
      fc.property(randomLevel(2), fc.nat(10_000), orders, (level, seed, order) => {
        const { run } = runThrough(level, seed, order);
        run.expectFoldable();
        const ends = run.history.filter(({ event }) => /^Execution(Completed|Failed|Cancelled)$/.test(event.type));
        expect(ends).toHaveLength(1);
        expect(run.history.at(-1)).toBe(ends[0]);
      }),
      { numRuns: 150 },
    );
  });

  it('decide the same again, and nothing when a report comes twice', () => {
    fc.assert(
      fc.property(randomLevel(1), fc.nat(10_000), orders, (level, seed, order) => {
        const { run, wishes } = runThrough(level, seed, order);
        const { nodes, edges } = asGraph(level);
        const again = given(compiled(nodes, edges), accept());
        for (const wish of wishes) {
          again.tell(wish);
          const decided = again.history.length;
          again.tell(wish).thenNothing();
          expect(again.history).toHaveLength(decided);
        }
        expect(again.history).toEqual(run.history);
      }),
      { numRuns: 100 },
    );
  });
});
