import { describe, expect, it } from '@jest/globals';
import { EngineUnderTest, graphOf, node } from './testing/index.js';

const day = 24 * 60 * 60 * 1_000;
const fortyDays = graphOf(
  [node('s', 'start'), node('w', 'pause', { config: { ms: 40 * day } }), node('e', 'end')],
  ['s -> w', 'w -> e'],
);

describe('ten waits of forty days', () => {
  it('are over when their time has come by the clock that there is then, not before, and once', async () => {
    let moved = 0;
    const now = () => Date.now() + moved;
    const test = new EngineUnderTest();
    test.start({ now });
    const runs = await Promise.all(Array.from({ length: 10 }, () => test.begin(fortyDays)));
    await Promise.all(runs.map((run) => run.settled(5_000)));
    const fired = async () =>
      (await Promise.all(runs.map(({ executionId }) => test.types(executionId)))).map(
        (types) => types.filter((type) => type === 'TimerFired').length,
      );

    for (const days of [1, 39, 39.99]) {
      moved = days * day;
      await test.engine.stop(0);
      await test.start({ now }).recover();
      expect(await fired()).toEqual(Array.from({ length: 10 }, () => 0));
    }
    moved = 40.01 * day;
    await test.engine.stop(0);
    await test.start({ now }).recover();
    const results = await Promise.all(
      runs.map(async ({ executionId }) => (await test.engine.result('default', executionId))?.status),
    );
    expect(await fired()).toEqual(Array.from({ length: 10 }, () => 1));
    expect(new Set(results)).toEqual(new Set(['completed']));
    await test.engine.stop(0);
  });
});
