import { describe, expect, it } from '@jest/globals';
import type { Problem } from '../http/problem.js';
import { readExecuteBody } from './execute-body.js';

const id = '0198c0de-0000-7000-8000-000000000000';
const stored = { workflow_type: 'definition', definition_id: `wf_${id}` };
const custom = { workflow_type: 'custom', nodes: [{ id: 'start', type: 'start' }], edges: [] };

const refused = (body: unknown): Problem => {
  try {
    readExecuteBody(body);
  } catch (error) {
    return error as Problem;
  }
  throw new Error('It was read.');
};
const pathsOf = (body: unknown) => refused(body).more.errors?.map(({ path }) => path);
const warned = (body: unknown) => readExecuteBody(body).warnings.map(({ path }) => path);

describe('The body of an execute call', () => {
  it('is a request with the bare id, and a digest of all of it', () => {
    const { request, digest, warnings } = readExecuteBody({ ...stored, input_data: { query: 'x' }, template_id: null });
    expect(request).toEqual({ workflow_type: 'definition', definition_id: id, input_data: { query: 'x' } });
    expect([warnings, digest]).toEqual([[], expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });

  it('has one digest, however its keys are ordered, and another for another body', () => {
    const digest = (body: object) => readExecuteBody(body).digest;
    expect(digest({ definition_id: stored.definition_id, workflow_type: 'definition' })).toBe(digest(stored));
    expect(digest({ ...stored, input_data: { a: 1 } })).not.toBe(digest(stored));
  });

  it('may say everything that the design lists', () => {
    const config = {
      debug_mode: true,
      streaming: true,
      stream_events: true,
      async: false,
      timeout_ms: 1,
      deadline: '2030-01-01T00:00:00Z',
      priority: -1,
      tags: ['a'],
      limits: { max_steps: 1, max_total_tokens: 1, max_cost: 0.1 },
      provider: 'local',
      model: 'm',
      temperature: 0.5,
      max_tokens: 1,
      system_message: 's',
      enable_memory: false,
      enable_retrieval: false,
      enable_tools: false,
      memory_window: 0,
      max_tool_calls: 0,
      max_documents: 0,
      allowed_tools: null,
    };
    expect(
      warned({
        ...stored,
        definition_version: 2,
        params: {},
        nodes: null,
        edges: null,
        message: null,
        conversation_id: null,
        config,
      }),
    ).toEqual([]);
  });

  it.each([
    ['no object', [], ['']],
    ['nothing', undefined, ['']],
    ['no type', {}, ['/workflow_type']],
    ['an unknown type', { workflow_type: 'magic' }, ['/workflow_type']],
    ['a definition without its id', { workflow_type: 'definition' }, ['/definition_id']],
    ['a template without its id', { workflow_type: 'template' }, ['/template_id']],
    ['a custom one without nodes', { workflow_type: 'custom' }, ['/nodes']],
    [
      'nodes that are none',
      { workflow_type: 'custom', nodes: [null, { id: 1, type: 't' }, { id: 'a' }] },
      ['/nodes/0', '/nodes/1', '/nodes/2'],
    ],
    ['edges that are none', { ...custom, edges: [{ source: 'a' }, 'x'] }, ['/edges/0', '/edges/1']],
    [
      'unknown keys',
      { ...stored, inputs: {}, config: { stream: true, limits: { max_step: 1 } } },
      ['/inputs', '/config/stream', '/config/limits/max_step'],
    ],
    [
      'wrong types',
      { ...stored, input_data: 'x', definition_version: 0, config: { tags: [1], timeout_ms: '1' } },
      ['/input_data', '/definition_version', '/config/tags', '/config/timeout_ms'],
    ],
    ['a negative bound', { ...stored, config: { limits: { max_cost: -1 } } }, ['/config/limits/max_cost']],
  ])('is refused with each fault named: %s', (_what, body, paths) => {
    expect(refused(body)).toMatchObject({ code: 'invalid_request', status: 400 });
    expect(pathsOf(body)).toEqual(paths);
  });

  it.each(['workflow_123', `exec_${id}`, 'wf_', `wf_${id.toUpperCase()}`])(
    'is answered as an unknown definition for an id like %s',
    (definition_id) => {
      expect(refused({ workflow_type: 'definition', definition_id })).toMatchObject({
        code: 'definition_not_found',
        status: 404,
      });
    },
  );
});

describe('An option that cannot act is told', () => {
  it.each([
    [
      'members of another type',
      { ...stored, nodes: [{}], params: { a: 1 }, message: 'm', template_id: 'tpl_1' },
      ['/nodes', '/params', '/message', '/template_id'],
    ],
    ['a definition beside a custom graph', { ...custom, definition_id: 'wf_x' }, ['/definition_id']],
    [
      'options of chat',
      { ...stored, config: { enable_tools: true, memory_window: 5 } },
      ['/config/enable_tools', '/config/memory_window'],
    ],
    ['steps in a stream that is none', { ...stored, config: { stream_events: true } }, ['/config/stream_events']],
  ])('%s', (_what, body, paths) => {
    expect(warned(body)).toEqual(paths);
    expect(readExecuteBody(body).warnings[0]).toMatchObject({
      code: 'option_without_effect',
      message: expect.any(String),
    });
  });

  it('not where it acts', () => {
    expect(warned({ workflow_type: 'chat', message: 'Hi', config: { enable_tools: true } })).toEqual([]);
    expect(warned({ workflow_type: 'chat', message: 'Hi', input_data: { message: 'Hi', query: 'q' } })).toEqual([]);
    expect(warned({ workflow_type: 'chat', message: 'Hi', input_data: { message: 'Ho' } })).toEqual([
      '/input_data/message',
    ]);
    expect(warned({ workflow_type: 'chat', message: 'Hi', config: { memory_window: 3 } })).toEqual([
      '/config/memory_window',
    ]);
    expect(warned({ ...stored, config: { streaming: true, stream_events: true } })).toEqual([]);
  });
});

describe('The tags of an execution', () => {
  const tagged = (tags: readonly string[]) => ({ ...stored, config: { tags } });

  it('are 50 at most, of 100 characters each, and more than spaces', () => {
    const most = Array.from({ length: 50 }, (_, at) => `${at}`.padEnd(100, 'x'));
    expect(readExecuteBody(tagged(most)).request.config?.tags).toEqual(most);
    expect(pathsOf(tagged([...most, 'one more']))).toEqual(['/config/tags']);
    expect(pathsOf(tagged(['fine', 'x'.repeat(101), ' ', '']))).toEqual([
      '/config/tags/1',
      '/config/tags/2',
      '/config/tags/3',
    ]);
  });
});
