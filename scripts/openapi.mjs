/** Writes the pages that the code itself knows best (the contract, the problems, the node types); with --check, says whether they are as they should be. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';

const { readEnvironment } = await import('../dist/src/config/environment.js');
const { createApp } = await import('../dist/src/create-app.js');
const { openApiDocument } = await import('../dist/src/docs/serve-docs.js');
const { nodeReference } = await import('../dist/src/docs/node-reference.js');
const { problemTable } = await import('../dist/src/docs/problem-table.js');
const { NodeCatalogue } = await import('../dist/libs/plugin-host/index.js');

const dataDir = mkdtempSync(join(tmpdir(), 'chatter-openapi-'));
const app = await createApp(readEnvironment({ DATA_DIR: dataDir, LOG_LEVEL: 'silent' }));
const made = {
  'docs/openapi.json': `${JSON.stringify(openApiDocument(app), null, 2)}\n`,
  'docs/api/errors.md': problemTable(),
  'docs/guides/nodes.md': nodeReference(app.get(NodeCatalogue)),
};
await app.close();
rmSync(dataDir, { recursive: true });

const stale = Object.entries(made).filter(([file, text]) => read(file) !== text);
if (process.argv.includes('--check')) {
  for (const [file] of stale) console.error(`${file} is not what the code says. Run: npm run openapi`);
  process.exit(stale.length > 0 ? 1 : 0);
}
for (const [file, text] of stale) writeFileSync(file, text);
process.exit(0);

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
