import { describe, expect, it } from '@jest/globals';
import { toDefinition } from '@chatter/plugin-sdk';
import { runNode } from '@chatter/plugin-sdk/testing';
import { ScheduleNode } from './schedule.node.js';

const definition = toDefinition(ScheduleNode);
const findings = (config: object) => definition.validate?.(config as never).map(({ path }) => path);

describe('schedule', () => {
  it('gives on the moment that it was begun for', async () => {
    const input = { scheduled_at: '2026-01-01T09:00:00.000Z' };
    expect(await runNode(ScheduleNode, { config: { cron: '0 9 * * *' }, input })).toMatchObject({
      port: 'out',
      output: input,
    });
  });

  it('is where an execution begins', () => {
    expect(definition.descriptor).toMatchObject({ kind: 'task', entry: 'trigger', effects: 'none', ports: ['out'] });
  });

  it.each([
    [{ cron: '0 9 * * *' }, []],
    [{ cron: '*/5 * * * * *', time_zone: 'America/New_York' }, []],
    [{ cron: 'every day' }, ['/cron']],
    [{ cron: '0 0 31 2 *' }, ['/cron']],
    [{ cron: '0 9 * * *', time_zone: 'Berlin' }, ['/time_zone']],
    [{ cron: 9 }, []],
  ])('finds in %j what can never come', (config, paths) => expect(findings(config)).toEqual(paths));
});
