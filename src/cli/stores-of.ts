import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironment } from '../config/environment.js';
import { makeLog } from '../config/log.js';
import { openStores, type Stores } from '../database/stores.js';
import { CommandRefused, dataDirOf, isEmbedded, type Surroundings } from './surroundings.js';

/**
 * The stores that a server with the same environment has. A log in a folder has one writer: where a server works in it, this
 * is refused. Beside a shared one it drives nothing.
 */
export function storesOf(surroundings: Surroundings): Promise<Stores> {
  const embedded = isEmbedded(surroundings);
  const dir = dataDirOf(surroundings);
  if (embedded && !existsSync(join(dir, 'events.db')))
    throw new CommandRefused(`There is no log in ${dir}. Say with DATA_DIR where it is.`);
  const environment = readEnvironment({ ...surroundings.variables, ROLE: embedded ? 'all' : 'api' });
  return openStores(environment, makeLog(environment.logLevel));
}
