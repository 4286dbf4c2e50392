/** The `LoadedPlugins` of this process, as the folders had them when it started. */
export const LOADED_PLUGINS = Symbol('loaded plugins');
