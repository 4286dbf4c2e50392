/**
 * The server in a process of its own:
 *
 *   node test/support/eventstoredb/main.mjs [--port n] [--file path] [--followers n] [--max-append-size n] [--attached]
 *
 * Prints one line, `{"url": …, "port": …}`, when it listens; ends on SIGTERM and SIGINT, and with `--attached` when its
 * input ends, so that it does not outlive the test that started it.
 * A line on its input is a fault to make: `{"fault": "goAway", "with": [1000]}`.
 */
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

// Node runs the sources as they are; only their imports name files as they will be called when compiled.
registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts')) {
      const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(fileURLToPath(source))) return next(source.href, context);
    }
    return next(specifier, context);
  },
});

const { EventStoreDbServer } = await import('./server.ts');

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    file: { type: 'string' },
    followers: { type: 'string', default: '0' },
    'max-append-size': { type: 'string' },
    attached: { type: 'boolean', default: false },
  },
});

const server = await EventStoreDbServer.start({
  port: Number(values.port),
  ...(values.file && { file: values.file }),
  ...(values['max-append-size'] && { maxAppendSize: Number(values['max-append-size']) }),
  ...(Number(values.followers) > 0 && { cluster: { followers: Number(values.followers) } }),
});

console.log(JSON.stringify({ url: server.url, port: server.port }));

const stop = () => void server.stop().then(() => process.exit(0));

const orders = createInterface({ input: process.stdin });
orders.on('line', (line) => {
  const order = JSON.parse(line);
  void server.faults[order.fault](...(order.with ?? []));
});
if (values.attached) orders.once('close', stop);

for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, stop);
