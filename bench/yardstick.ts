import 'reflect-metadata';
import { DatabaseSync } from 'node:sqlite';
import { Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

/*
 * What the same work costs without an engine: ten steps n → n + 1 behind a bare Nest endpoint on Fastify.
 * `memory`: nothing is kept. `group`: each step is committed to SQLite with synchronous=FULL before the next, all
 * commits of one turn of the event loop as one.
 */
const [mode = 'memory', file = ''] = process.argv.slice(2);
const steps = 10;

class GroupCommit {
  private readonly database = new DatabaseSync(file);
  private readonly insert;
  private waiting: { readonly text: string; readonly done: () => void }[] = [];

  constructor() {
    this.database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE steps (id INTEGER PRIMARY KEY, data TEXT)',
    );
    this.insert = this.database.prepare('INSERT INTO steps (data) VALUES (?)');
  }

  write(text: string): Promise<void> {
    return new Promise((done) => {
      if (this.waiting.length === 0) setImmediate(() => this.commit());
      this.waiting.push({ text, done });
    });
  }

  private commit(): void {
    const batch = this.waiting;
    this.waiting = [];
    this.database.exec('BEGIN IMMEDIATE');
    for (const { text } of batch) this.insert.run(text);
    this.database.exec('COMMIT');
    for (const { done } of batch) done();
  }
}

const log = mode === 'group' ? new GroupCommit() : null;
const padding = 'x'.repeat(150);

@Controller()
class YardstickController {
  @Post('run')
  @HttpCode(200)
  async run(): Promise<{ output: number }> {
    let n = 0;
    for (let step = 0; step < steps; step += 1) {
      n += 1;
      if (log) await log.write(JSON.stringify({ step, n, padding }));
    }
    return { output: n };
  }
}

@Module({ controllers: [YardstickController] })
class YardstickModule {}

const app = await NestFactory.create<NestFastifyApplication>(YardstickModule, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
process.stdout.write(`running at ${await app.getUrl()}\n`);
