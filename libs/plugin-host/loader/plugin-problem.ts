/** Why a plugin is not loaded, and the one command that mends it. */
export class PluginProblem extends Error {
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
    this.name = 'PluginProblem';
  }
}

/** Looks a plugin over and says everything that is wrong with it. */
export const verifyCommand = (folder: string): string => `chatter plugin verify ${quoted(folder)}`;

/** A path as a shell takes it. */
export const quoted = (path: string): string =>
  /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
