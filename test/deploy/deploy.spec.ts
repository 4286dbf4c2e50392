import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

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

  it('run as nobody in particular, on a file system that is not written to', () => {
    expect(read('deploy/Dockerfile')).toMatch(/^USER node$/m);
    const compose = read('deploy/compose.yml');
    for (const line of ['read_only: true', 'cap_drop: [ALL]', "security_opt: ['no-new-privileges:true']"])
      expect(compose).toContain(line);
  });
});
