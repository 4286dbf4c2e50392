import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { PluginProblem, quoted, verifyCommand } from './plugin-problem.js';

const MAX_FILES = 5_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** A plugin's files as they were looked at. */
export interface PluginFiles {
  /** Absolute, with every link resolved. */
  readonly root: string;
  /** SHA-256 in hex by path, relative and with `/`. */
  readonly hashes: ReadonlyMap<string, string>;
  /** SHA-256 in hex over all of them. */
  readonly digest: string;
}

/**
 * Hashes every file of a folder, the manifest included. The digest is of the paths and the hashes, in the order of the
 * paths, so it is the same on every machine.
 *
 * Throws a `PluginProblem` for a link that leads out of the folder, for one to a folder, and beyond 5,000 files or 64 MiB.
 */
export async function readPluginFiles(folder: string): Promise<PluginFiles> {
  const root = await realpath(folder);
  const hashes = new Map<string, string>();
  let bytes = 0;
  for (const path of (await filesBelow(root, root)).sort()) {
    const content = await readFile(path);
    bytes += content.byteLength;
    if (bytes > MAX_BYTES || hashes.size >= MAX_FILES) {
      throw new PluginProblem(
        `It has more than ${MAX_FILES} files or ${MAX_BYTES} bytes.`,
        `chatter plugin pack ${quoted(folder)}`,
      );
    }
    hashes.set(relative(root, path).split(sep).join('/'), hashOf(content));
  }
  const all = [...hashes].map(([path, hash]) => `${path}\0${hash}\n`).join('');
  return { root, hashes, digest: hashOf(all) };
}

export const hashOf = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

async function filesBelow(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = entries
    .filter(({ name }) => name !== '.git')
    .map(async (entry): Promise<string[]> => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(root, path);
      if (entry.isSymbolicLink()) await assertInside(root, path);
      return entry.isFile() || entry.isSymbolicLink() ? [path] : [];
    });
  return (await Promise.all(nested)).flat();
}

async function assertInside(root: string, link: string): Promise<void> {
  const target = await realpath(link).catch(() => null);
  const inside = target !== null && target.startsWith(root + sep) && (await lstat(target)).isFile();
  if (!inside)
    throw new PluginProblem(
      `Its link ${relative(root, link)} does not lead to a file inside the folder.`,
      verifyCommand(root),
    );
}
