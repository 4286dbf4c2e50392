import 'reflect-metadata';
import { readEnvironment } from '../config/environment.js';
import { createApp } from '../create-app.js';
import { firstStart } from '../demo/first-start.js';
import { welcome } from '../demo/welcome.js';
import type { Surroundings } from './surroundings.js';

/** Resolves when the server listens. */
export async function serve(role: string | null, { variables, say }: Surroundings): Promise<void> {
  const environment = readEnvironment(role === null ? variables : { ...variables, ROLE: role });
  const app = await createApp(environment);
  await app.listen(environment.port, environment.host); // before what is shown once: a port that is taken must not cost it
  const made = await firstStart(app, environment);
  say(welcome(await app.getUrl(), environment, made).replace(/\n$/, ''));
}
