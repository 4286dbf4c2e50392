import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter } from '../support/chatter.js';
import { examplesIn, partsIn, type Example } from './examples.js';
import { startExampleServer } from './upstream.js';

const api = '/api/v1/workflows';
const folders = ['../../docs/guides/', '../../docs/developer/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);
const pages = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .map((file) => [file, readFileSync(folder + file, 'utf8')] as const),
);

let chatter: Chatter;
let upstream: Awaited<ReturnType<typeof startExampleServer>>;
beforeAll(async () => {
  upstream = await startExampleServer();
  chatter = await Chatter.boot({ variables: { EGRESS_ALLOW: '127.0.0.1' } });
});
afterAll(async () => {
  await chatter.close();
  await upstream.close();
});

/** Goes through the examples of a page as its reader would. */
class Reader {
  private execution = '';
  /** That the last chat has begun, or gone on with. */
  private conversation = 'conv_…';
  private answer: { status: number; body: unknown } = { status: 0, body: null };
  private readonly definitions = new Map<string, string>();
  private readonly templates = new Map<string, string>();

  async carryOut(example: Example): Promise<void> {
    const body = this.written(example.body);
    switch (example.verb) {
      case 'definition':
        return this.publish(example.argument, body);
      case 'template':
        return this.keepTemplate(example.argument, body);
      case 'execute':
        return this.begin(`${api}/execute`, body);
      case 'step':
        return this.begin(`${api}/execute/step`, body);
      case 'signal':
        return this.accepted(`${api}/executions/${this.execution}/signals/${example.argument}`, body);
      case 'decide':
        return this.decide(body as object);
      case 'retry':
        return this.begin(`${api}/executions/${this.execution}/retry`, body);
      case 'result':
        return expect(await chatter.until(this.execution, 'completed', 'failed', 'cancelled')).toMatchObject(
          body as object,
        );
      case 'waiting':
        return expect(await chatter.until(this.execution, 'waiting')).toMatchObject(body as object);
      case 'request':
        return this.request(example.argument, body);
      case 'answer':
        return expect(this.answer.body).toMatchObject(body as object);
      default:
        throw new Error(`No reader knows what to do with "json ${example.verb}".`);
    }
  }

  /** Names of the page become what they stand for here: the example server, the definitions that it has published. */
  private written(body: unknown): unknown {
    let text = JSON.stringify(body)
      .replaceAll('https://api.example.com', upstream.url)
      .replaceAll('conv_…', this.conversation);
    for (const [name, id] of this.definitions) text = text.replaceAll(`wf_<${name}>`, id);
    for (const [name, id] of this.templates) text = text.replaceAll(`tpl_<${name}>`, id);
    return JSON.parse(text) as unknown;
  }

  private async keepTemplate(name: string, body: unknown): Promise<void> {
    const { status, body: made } = await chatter.call('POST', `${api}/templates`, { name, ...(body as object) });
    expect([name, status, made.errors]).toEqual([name, 201, undefined]);
    this.templates.set(name, made.id);
  }

  private async publish(name: string, body: unknown): Promise<void> {
    const { status, body: made } = await chatter.call('POST', `${api}/definitions`, { name, ...(body as object) });
    expect([name, status, made.errors]).toEqual([name, 201, undefined]);
    this.definitions.set(name, made.id);
  }

  private async begin(path: string, body: unknown): Promise<void> {
    const { status, body: result } = await chatter.call('POST', path, body, { prefer: 'respond-async' });
    expect([status, result.detail]).toEqual([202, undefined]);
    this.execution = result.execution_id;
    this.conversation = result.metadata.conversation_id ?? this.conversation;
  }

  private async accepted(path: string, body: unknown): Promise<void> {
    const { status, body: answer } = await chatter.call('POST', path, body);
    expect([status, answer.detail]).toEqual([202, undefined]);
  }

  private async decide(vote: object): Promise<void> {
    await chatter.until(this.execution, 'waiting');
    const { body } = await chatter.call('GET', `${api}/approvals?status=pending&execution_id=${this.execution}`);
    const [approval] = body.approvals;
    const path = `${api}/executions/${this.execution}/approvals/${approval.id}`;
    await this.accepted(path, { shown_digest: approval.shown_digest, ...vote });
  }

  private async request(line: string, body: unknown): Promise<void> {
    const [method, path] = (this.written(line) as string).split(' ') as [string, string];
    this.answer = await chatter.call(method, path, body ?? undefined);
  }
}

describe.each(pages)('docs: %s', (file, page) => {
  it('shows parts that are JSON', () => {
    for (const part of partsIn(page)) expect(() => JSON.parse(part) as unknown).not.toThrow();
  });

  const byHeading = Map.groupBy(examplesIn(page), ({ under }) => under);
  const reader = new Reader();
  if (byHeading.size === 0) return;
  it.each([...byHeading])(`${file}: %s`, async (_heading, examples) => {
    for (const example of examples) {
      try {
        await reader.carryOut(example);
      } catch (error) {
        (error as Error).message = `${file}:${example.line}: ${(error as Error).message}`;
        throw error;
      }
    }
  });
});

describe('The guides', () => {
  it('are carried out, not only read', () => {
    const carriedOut = pages.flatMap(([, page]) => examplesIn(page)).filter(({ verb }) => verb === 'result');
    expect(carriedOut.length).toBeGreaterThanOrEqual(22);
  });
});
