import { existsSync, readFileSync } from 'node:fs';
import { sourceDigest } from './source-digest.mjs';

const upToDate = existsSync('dist/source-digest') && readFileSync('dist/source-digest', 'utf8') === sourceDigest();
if (!upToDate) {
  console.log('Building …');
  await import('./build.mjs');
}
