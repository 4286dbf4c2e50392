import { decidePlugin, evolvePlugin, unknownPlugin } from '#engine';
import type { PluginEvent, PluginFacts, PluginState, RecordPlugin } from '#engine';
import { idOf, pluginStream, type EventStore } from '#event-store';
import type { LoadedPlugin } from '#plugin-host';
import { DecidedStreams } from '../database/decided-streams.js';

export interface PluginRecordLog {
  warn(facts: object, message: string): void;
}

const system = { tenant: 'default', actor: { sub: 'system', via: 'engine' } } as const;

/**
 * When which plugin came, and when it went: each process compares what it has loaded with the log, and adds what is new.
 * It does without where the log cannot be written, and tries again.
 */
export class PluginRecord {
  private readonly streams: DecidedStreams<PluginState, RecordPlugin, PluginEvent>;
  private again: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly store: EventStore,
    private readonly loaded: readonly LoadedPlugin[],
    private readonly log: PluginRecordLog,
    private readonly againMs = 30_000,
  ) {
    this.streams = new DecidedStreams<PluginState, RecordPlugin, PluginEvent>(store, {
      streamOf: pluginStream,
      initial: unknownPlugin,
      decide: decidePlugin,
      evolve: evolvePlugin,
    });
  }

  async write(): Promise<void> {
    try {
      const loaded = Map.groupBy(this.loaded.map(factsOf), ({ name }) => name);
      const names = new Set([...loaded.keys(), ...(await this.namesInTheLog())]);
      await Promise.all(
        [...names].map((name) => {
          const command = { type: 'RecordPlugin', loaded: loaded.get(name) ?? [] } as const;
          return this.streams.tell(name, command, system);
        }),
      );
    } catch (error) {
      this.log.warn({ err: error }, 'Which plugins there are could not be recorded; it is tried again');
      if (!this.stopped) this.again = setTimeout(() => void this.write(), this.againMs).unref();
    }
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.again);
  }

  private async namesInTheLog(): Promise<Set<string>> {
    const names = new Set<string>();
    for await (const { stream } of this.store.readAll({ categories: ['plugin'] })) names.add(idOf(stream));
    return names;
  }
}

const factsOf = ({ nodeTypes, permissions, tools, ...plugin }: LoadedPlugin): PluginFacts => ({
  ...plugin,
  node_types: nodeTypes,
  tools,
  permissions: permissions
    ? { http: permissions.http, models: permissions.models, tools: permissions.tools ?? [] }
    : null,
});
