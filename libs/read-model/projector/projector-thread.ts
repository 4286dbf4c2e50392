import { parentPort, workerData } from 'node:worker_threads';
import { openSqliteEventReader } from '#event-store-sqlite';
import { openReadDatabase } from '../database/read-database.js';
import { projections } from '../projections.js';
import type { FromProjector, ProjectorThreadData, ToProjector } from './projector-messages.js';
import { Projector } from './projector.js';

/** The projector on a thread of its own, with its own connections to the log and to the tables. */
const { dir, lingerMs } = workerData as ProjectorThreadData;
const tell = (message: FromProjector) => parentPort?.postMessage(message);

const database = await openReadDatabase({ dir, access: 'write' });
const reader = openSqliteEventReader({ dir });
const projector = new Projector({
  database,
  reader,
  projections,
  lingerMs,
  onProgress: (status) => tell({ type: 'progress', status }),
});

const close = async () => {
  await projector.close();
  reader.close();
  await database.close();
  parentPort?.close();
};

parentPort?.on('message', (message: ToProjector) => {
  if (message === 'wake') projector.wake();
  else if (message === 'hurry') projector.hurry();
  else void close();
});
tell({ type: 'ready' });
projector.start();
