import { parentPort, workerData } from 'node:worker_threads';
import { openReadDatabase } from '../database/read-database.js';
import { projections } from '../projections.js';
import { openReader } from './log-address.js';
import type { FromProjector, ProjectorThreadData, ToProjector } from './projector-messages.js';
import { Projector } from './projector.js';
import { turnAt } from './turn.js';

/** The projector on a thread of its own, with its own connections to the log and to the tables. */
const { database: address, log, projects, lingerMs } = workerData as ProjectorThreadData;
const tell = (message: FromProjector) => parentPort?.postMessage(message);

const database = await openReadDatabase(address, 'write');
const reader = await openReader(log);
const projector = new Projector({
  database,
  reader,
  projections,
  turn: await turnAt(address, projects),
  lingerMs,
  onProgress: (status) => tell({ type: 'progress', status }),
});

const close = async () => {
  await projector.close();
  await reader.close();
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
