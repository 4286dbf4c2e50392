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

describe('What they do', () => {
  const paths = (body: { readonly steps: readonly { readonly path: string; readonly status: string }[] }) =>
    body.steps.filter(({ status }) => status === 'succeeded').map(({ path }) => path);
  const did = async (name: string, input_data: object, params: object = {}) => {
    const { body } = await run(name, input_data, { params });
    expect([name, body.error]).toEqual([name, null]);
    return { ...body, paths: paths(body) };
  };

  beforeAll(async () => {
    const text = 'Refunds are paid within fourteen days. Shipping costs are not refunded.';
    await chatter.call('POST', '/api/v1/documents', { title: 'Refunds', text, collection: 'shop' });
  });

  it('document_qa answers from the documents, and says where they hold no answer', async () => {
    const question = { message: 'When are refunds paid?' };
    expect((await did('document_qa', question)).output).toContain('within fourteen days');
    const nothing = await did('document_qa', question, { collection: 'other', not_found: 'Nothing here.' });
    expect([nothing.output, nothing.paths]).toEqual(['Nothing here.', ['start', 'find', 'found', 'nothing', 'end']]);
  });

  it('universal_chat uses tools where they are more certain', async () => {
    const { output, metrics, paths } = await did('universal_chat', { message: 'What is 17*23?' });
    expect([output, metrics.tool_calls]).toEqual([expect.stringContaining('391'), 1]);
    expect(paths).toContain('answer/turn[0]/tool[0]');
  });

  it('general_chat knows what was said before in its conversation', async () => {
    const { body: first } = await chatter.execute({ workflow_type: 'chat', message: 'Remember the word heron.' });
    const { conversation_id } = first.metadata;
    const { body } = await run(
      'general_chat',
      { message: 'Which?' },
      { conversation_id, config: { debug_mode: true } },
    );
    const memory = body.debug.steps.find((each: { path: string }) => each.path === 'memory');
    expect(JSON.stringify(memory.output)).toContain('Remember the word heron.');
  });

  it.each([
    ['My function fails with an exception', 'debug'],
    ['What does this loop do?', 'explain'],
    ['A function that adds two numbers', 'write'],
  ])('code_assistant, asked "%s", goes to %s', async (query, path) => {
    expect((await did('code_assistant', { query })).paths).toEqual(['start', 'kind', path, 'end']);
  });

  it('customer_support goes by what it is about, and marks what is urgent', async () => {
    const technical = await did('customer_support', { message: 'A technical problem with the app' });
    expect(technical.paths).toContain('for_technical');
    const urgent = await did(
      'customer_support',
      { message: 'High urgency: billing is wrong' },
      { escalation_note: 'NOTE' },
    );
    expect(urgent.paths).toEqual(expect.arrayContaining(['for_billing', 'escalated']));
    expect(urgent.output).toMatch(/\n\nNOTE$/);
  });

  it('data_analyst computes the figures itself', async () => {
    const data = [{ price: 1, kind: 'a' }, { price: 4, kind: 'a' }, { price: null, kind: 'b' }, 7];
    const { body } = await run('data_analyst', { message: 'Prices?', data }, { config: { debug_mode: true } });
    const figures = body.debug.steps.find((each: { path: string }) => each.path === 'figures');
    expect(figures.output).toEqual({
      rows: 4,
      columns: {
        kind: {
          count: 3,
          missing: 0,
          numeric: null,
          most: [
            { value: 'a', times: 2 },
            { value: 'b', times: 1 },
          ],
        },
        price: { count: 2, missing: 1, numeric: { min: 1, max: 4, sum: 5, mean: 2.5, median: 2.5 }, most: [] },
        value: { count: 1, missing: 0, numeric: { min: 7, max: 7, sum: 7, mean: 7, median: 7 }, most: [] },
      },
    });
  });

  it('research_assistant follows as many questions as it is told', async () => {
    const { paths } = await did('research_assistant', { message: 'Refunds. Shipping. Returns.' }, { max_questions: 2 });
    expect(paths.filter((path: string) => path.endsWith('/written')).toSorted()).toEqual([
      'each[0]/written',
      'each[1]/written',
    ]);
  });

  it('none loops without a bound, whatever it is told', async () => {
    const blog = await did(
      'blog_writing_assistant',
      { message: 'Bees. They dance.' },
      { revisions: 1_000, max_sections: 1 },
    );
    expect(blog.paths.filter((path: string) => path.endsWith('/revise'))).toHaveLength(5);
    const tutor = await did('learning_tutor', { message: 'Gravity' }, { questions: -3, level: 'advanced' });
    expect(tutor.paths.filter((path: string) => path.endsWith('/ask'))).toHaveLength(1);
    expect(tutor.paths).toContain('deep');
    for (const name of names) {
      const { body } = await chatter.call('GET', `${templates}/${ids.get(name)}`);
      for (const { type, data } of body.nodes as { type: string; data: { config: object } }[])
        if (type === 'loop') expect(data.config).toHaveProperty('max_iterations');
    }
  });

  it('meeting_summarizer makes minutes', async () => {
    const { output } = await did('meeting_summarizer', {
      message: 'We decided to ship on Monday. Ada writes the notes.',
    });
    expect(output).toMatch(/^## Summary\n\n.+\n\n## Decisions\n\n- .+\n\n## To do\n\n- /s);
  });

  it('streams word by word', async () => {
    const body = { workflow_type: 'template', template_id: ids.get('Simple Chat'), input_data: { message: 'Hello' } };
    const answer = await chatter.fetch('POST', '/api/v1/workflows/execute', { ...body, config: { streaming: true } });
    const text = await answer.text();
    expect(text).toContain('"type":"token"');
    expect(text).toContain('"type":"completion"');
  });
});
