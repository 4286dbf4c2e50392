import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { hashOf } from './plugin-files.js';

/** The host's own copies of what a plugin imports by name: so there is one class identity, wherever the plugin lies. */
const ownModules: Readonly<Record<string, string>> = {
  '@chatter/plugin-sdk': '#plugin-sdk',
  '@chatter/plugin-sdk/testing': '#plugin-sdk/testing',
};

/** Of files that were looked at: absolute path → SHA-256 in hex. */
const verified = new Map<string, string>();

export const rememberHash = (path: string, hash: string): void => void verified.set(path, hash);

/** Where a specifier leads that a plugin imports; undefined for the usual way. */
export function ownModule(
  specifier: string,
  resolve: (name: string) => string = import.meta.resolve,
): string | undefined {
  const own = Object.hasOwn(ownModules, specifier) ? ownModules[specifier] : undefined;
  return own === undefined ? undefined : resolve(own);
}

/** Throws when the source of a plugin's file is not what was looked at. Files of nobody pass. */
export function assertVerified(url: string, source: string | Uint8Array | null | undefined): void {
  if (!url.startsWith('file:')) return;
  const path = fileURLToPath(url.replace(/[?#].*$/, ''));
  const hash = verified.get(path);
  if (hash === undefined) return;
  if (hashOf(source ?? readFileSync(path)) !== hash) throw new Error(`${path} changed after it was looked at.`);
}

let registered = false;

/**
 * Resolves the SDK for plugins, and checks each of their files as it is loaded. Once for the process.
 * Not where this runs from its source: a test runner resolves the SDK by itself, and lets nobody hook into its loader.
 */
export function registerModuleHooks(): void {
  if (registered || import.meta.url.endsWith('.ts')) return;
  registered = true;
  registerHooks({
    resolve(specifier, context, next) {
      const url = ownModule(specifier);
      return url === undefined ? next(specifier, context) : { url, format: 'module', shortCircuit: true };
    },
    load(url, context, next) {
      const loaded = next(url, context);
      const { source } = loaded;
      assertVerified(
        url,
        typeof source === 'string' || source === undefined || source === null
          ? source
          : new Uint8Array(source as ArrayBuffer),
      );
      return loaded;
    },
  });
}
