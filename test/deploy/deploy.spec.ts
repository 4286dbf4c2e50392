import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { EventStoreDbServer } from '../support/eventstoredb/index.js';

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

describe('The deploy files', () => {
  it('start the server as npm start does', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const command = /^CMD (\[.*\])$/m.exec(read('deploy/Dockerfile'))![1]!;
    expect((JSON.parse(command) as string[]).join(' ')).toBe(scripts['start']);
  });

  it('use the Node that the project uses', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    expect(read('deploy/Dockerfile').match(/^FROM node:[\d.]+/gm)).toEqual(
      Array.from({ length: 2 }, () => `FROM node:${dependencies['node']}`),
    );
  });

  it('set only variables that the server reads', () => {
    const environment = read('src/config/environment.ts');
    const inCompose = [...read('deploy/compose.yml').matchAll(/^ {2}([A-Z_]+): /gm)].map(([, name]) => name!);
    const inImage = /^ENV (.*)$/m
      .exec(read('deploy/Dockerfile'))![1]!
      .split(' ')
      .map((each) => each.split('=')[0]!);
    const set = [...inCompose, ...inImage, 'ROLE'].filter((name) => name !== 'NODE_ENV');
    expect(set.length).toBeGreaterThan(8);
    expect(set.filter((name) => !environment.includes(`'${name}'`))).toEqual([]);
  });

  it('make their secrets once, for their owner alone, as the guide says', () => {
    const [compose, guide] = [read('deploy/compose.yml'), read('docs/guides/operating.md')];
    const command = /^# {3}(\(umask .*\))$/m.exec(compose)![1]!;
    expect(guide).toContain(`\n${command}\n`);
    const folder = mkdtempSync(join(tmpdir(), 'compose-'));
    const file = join(folder, '.env');
    const written = () => {
      spawnSync('sh', ['-c', `openssl() { od -An -tx1 -N"$3" /dev/urandom | tr -d ' \\n'; }; ${command}`], {
        cwd: folder,
      });
      return readFileSync(file, 'utf8');
    };
    try {
      const first = written();
      expect(first).toMatch(/^AUTH_SECRET=[0-9a-f]{64}\nPOSTGRES_PASSWORD=[0-9a-f]{32}\n$/);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(written()).toBe(first);
    } finally {
      rmSync(folder, { recursive: true });
    }
    const needed = [...compose.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name);
    expect([...new Set(needed)].toSorted()).toEqual(['AUTH_SECRET', 'POSTGRES_PASSWORD']);
    expect(read('.gitignore')).toMatch(/^\.env$/m);
  });

  it('pass the first administrator on where one is named, and leave it to the server where not', () => {
    const compose = read('deploy/compose.yml');
    const passed = [...compose.matchAll(/^ {2}(\w+): \$\{(\w+):-\}$/gm)].map(([, name, from]) => [name, from]);
    expect(passed).toEqual(['ADMIN_EMAIL', 'ADMIN_PASSWORD'].map((name) => [name, name]));
  });

  it('ask EventStoreDB for appends as large as the guides say, with which it starts', async () => {
    const [, size] = /EVENTSTORE_MAX_APPEND_SIZE: '(\d+)'/.exec(read('deploy/compose.yml'))!;
    expect(read('docs/guides/eventstoredb.md')).toContain(`EVENTSTORE_MAX_APPEND_SIZE=${size}`);
    expect(read('docs/guides/operating.md')).toContain(`appends of ${Number(size).toLocaleString('en')} bytes`);
    await (await EventStoreDbServer.start({ maxAppendSize: Number(size) })).stop();
    await expect(EventStoreDbServer.start({ maxAppendSize: 16 * 1024 * 1024 })).rejects.toThrow('16767216');
  });

  it('run as nobody in particular, on a file system that is not written to', () => {
    expect(read('deploy/Dockerfile')).toMatch(/^USER node$/m);
    const compose = read('deploy/compose.yml');
    for (const line of ['read_only: true', 'cap_drop: [ALL]', "security_opt: ['no-new-privileges:true']"])
      expect(compose).toContain(line);
  });
});
