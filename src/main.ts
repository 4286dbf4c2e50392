import 'reflect-metadata';
import { ConfigurationRefused, readEnvironment } from './config/environment.js';
import { createApp } from './create-app.js';
import { firstStart } from './demo/first-start.js';
import { welcome } from './demo/welcome.js';

/** Another process has the folder or the port, or we may not have it: the message says enough, the stack is ours. */
const whatAnOperatorMends = new Set(['directory_locked', 'EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'store_unavailable']);

try {
  const environment = readEnvironment(process.env);
  const app = await createApp(environment);
  await app.listen(environment.port, environment.host); // before what is shown once: a port that is taken must not cost it
  const made = await firstStart(app, environment);
  process.stdout.write(welcome(await app.getUrl(), environment, made));
} catch (error) {
  const known =
    error instanceof ConfigurationRefused || whatAnOperatorMends.has(String((error as { code?: string }).code));
  process.stderr.write(`${known ? (error as Error).message : String((error as Error).stack)}\n`);
  process.exit(1);
}
