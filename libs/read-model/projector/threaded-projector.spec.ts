import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { newFolder } from '../testing/folder.js';
import { until } from '../testing/until.js';
import type { ProjectorStatus } from './projector-status.js';
import { startThreadedProjector } from './threaded-projector.js';

/** A thread that speaks as the projector does, and does what the test wants. */
const threadThat = (does: string) =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort } from 'node:worker_threads';
      let passes = 0;
      const progress = (position) => parentPort.postMessage({ type: 'progress', status: {
        position, parked: 0, rebuilding: [], failing: null, counts: { statements: 0, batches: passes, events: 0, rows: 0 } } });
      ${does}`)}`,
  );

const obedient = `
  parentPort.on('message', (message) => {
    if (message === 'close') return parentPort.close();
    passes += 1;
    setTimeout(() => progress(message + passes), 5);
  });
  parentPort.postMessage({ type: 'ready' });`;

const start = async (does: string, restartMs?: number) => {
  const told: ProjectorStatus[] = [];
  const projector = await startThreadedProjector({
    database: { kind: 'sqlite', dir: '.' },
    log: { kind: 'embedded', dir: '.' },
    entry: threadThat(does),
    restartMs,
    onProgress: (status) => told.push(status),
  });
  return { projector, told };
};
describe('a projector on a thread of its own', () => {
  it('is woken once for many wishes, and once more for those that came meanwhile', async () => {
    const { projector, told } = await start(obedient);
    for (let n = 0; n < 1_000; n += 1) projector.wake();
    await until(() => told.length === 2);
    expect(told.map(({ position }) => position)).toEqual(['wake1', 'wake2']);
    projector.wake();
    await until(() => told.length === 3);
    await projector.close();
    expect(projector.status().position).toBe('wake3');
  });

  it('is told when a reader waits', async () => {
    const { projector, told } = await start(obedient);
    projector.hurry();
    await until(() => told.length === 1);
    expect(told[0]?.position).toBe('hurry1');
    await projector.close();
  });

  it('is replaced when it dies, and says so meanwhile', async () => {
    const { projector, told } = await start(
      `parentPort.on('message', (message) => {
        if (message === 'close') return parentPort.close();
        throw new Error('out of luck');
      });
      parentPort.postMessage({ type: 'ready' }); setTimeout(() => progress('started'), 1);`,
      1,
    );
    await until(() => told.length === 1);
    projector.wake();
    await until(() => told.length === 3);
    expect(told.map(({ failing }) => failing)).toEqual([null, 'out of luck', null]);
    await projector.close();
  });

  it('goes on trying when it cannot be replaced at once', async () => {
    const { dir, remove } = newFolder();
    const started = join(dir, 'started');
    const { projector, told } = await start(
      `import { existsSync, writeFileSync } from 'node:fs';
      if (existsSync(${JSON.stringify(started)})) throw new Error('cannot start');
      writeFileSync(${JSON.stringify(started)}, '');
      parentPort.on('message', () => parentPort.close());
      parentPort.postMessage({ type: 'ready' });`,
      1,
    );
    projector.hurry();
    await until(() => told.filter(({ failing }) => failing === 'cannot start').length >= 2);
    await projector.close();
    remove();
  });

  it('is refused where it cannot even begin', async () => {
    await expect(start(`throw new Error('no tables')`)).rejects.toThrow('no tables');
    await expect(start(`parentPort.close();`)).rejects.toThrow('ended before it was ready');
  });
});
