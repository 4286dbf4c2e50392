import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter } from '../support/chatter.js';

const templates = '/api/v1/workflows/templates';
const names = [
  'Simple Chat',
  'blog_writing_assistant',
  'code_assistant',
  'customer_support',
  'data_analyst',
  'document_qa',
  'general_chat',
  'learning_tutor',
  'meeting_summarizer',
  'research_assistant',
  'universal_chat',
];

interface Listed {
  readonly id: string;
  readonly name: string;
}

let chatter: Chatter;
let ids: ReadonlyMap<string, string>;

beforeAll(async () => {
  chatter = await Chatter.boot();
  const { body } = await chatter.call('GET', `${templates}?sort=name`);
  ids = new Map((body.templates as Listed[]).map(({ id, name }) => [name, id]));
});
afterAll(() => chatter.close());

const run = (name: string, input_data: object, more: object = {}) =>
  chatter.execute({ workflow_type: 'template', template_id: ids.get(name), input_data, ...more });

describe('The templates that are built in', () => {
  it('are these', () => {
    expect([...ids.keys()]).toEqual(names);
  });

  it.each(names)('%s is valid, asks for nothing, and says what its parameters are', async (name) => {
    const { body } = await chatter.call('GET', `${templates}/${ids.get(name)}`);
    expect(body.validation.errors).toEqual([]);
    expect(body.validation.warnings).toEqual([]);
    expect(body).toMatchObject({ name, built_in: true, is_public: true, owner_id: 'system', version: 1 });
    expect(body.description).not.toBe('');
    for (const parameter of body.parameters) {
      expect(parameter).toMatchObject({ required: false, secret: false });
      expect(parameter.description).not.toBe('');
    }
  });

  it.each(names)('%s runs to the end, its text given as message or as query', async (name) => {
    const text = 'How do penguins keep warm? They huddle together. Explain it for a beginner.';
    const [asMessage, asQuery] = await Promise.all([run(name, { message: text }), run(name, { query: text })]);
    for (const { status, body } of [asMessage, asQuery]) {
      expect([status, body.error]).toEqual([200, null]);
      expect(body).toMatchObject({ success: true, status: 'completed', metadata: { template_name: name } });
      expect(typeof body.output).toBe('string');
      expect(body.output).not.toBe('');
    }
    expect(asMessage.body.output).toBe(asQuery.body.output);
  });

  it.each(names)('%s runs to the end without any text', async (name) => {
    const { body } = await run(name, {});
    expect([body.status, body.error]).toEqual(['completed', null]);
  });
});
