import { describe, expect, it } from '@jest/globals';
import { genesis, seal, type RecordedEvent } from '#event-store';
import { eventText } from './event-view.js';

const stream = 'execution-0198c0de-0000-7000-8000-000000000000';
const event = (data: unknown): RecordedEvent => {
  const actor = { sub: 'usr_1', via: 'session' } as const;
  const facts = {
    id: 'e1',
    type: 'ExecutionAccepted',
    schema: 1,
    tenant: 'default',
    at: '2026-01-01T12:00:00.000Z',
    actor,
    causationId: 'c',
    correlationId: 'd',
  };
  return {
    ...seal({ ...facts, stream, revision: 0n, prev: genesis(stream), data }),
    stream,
    revision: 0n,
    position: '0000000000000001' as RecordedEvent['position'],
  };
};

describe('An event on the wire', () => {
  it('has every member that a verifier needs', () => {
    const sealed = event({ input: { a: 1 } });
    expect(JSON.parse(eventText(sealed))).toEqual({
      id: 'e1',
      stream,
      revision: 0,
      position: '0000000000000001',
      type: 'ExecutionAccepted',
      schema: 1,
      v: 1,
      tenant: 'default',
      at: '2026-01-01T12:00:00.000Z',
      actor: { sub: 'usr_1', via: 'session' },
      causation_id: 'c',
      correlation_id: 'd',
      data: { input: { a: 1 } },
      data_hash: sealed.envelope.dataHash,
      prev: genesis(stream),
      hash: sealed.envelope.hash,
    });
  });

  it('has its data byte for byte as it is stored, also where a parser would order its keys anew', () => {
    const sealed = event({ '10': 'ten', '9': 'nine' });
    expect(sealed.data).toBe('{"10":"ten","9":"nine"}');
    expect(eventText(sealed)).toContain(`"data":${sealed.data},`);
  });

  it('is not served when it is damaged', () => {
    expect(() => eventText({ ...event({}), data: '{"a":' })).toThrow(
      expect.objectContaining({ code: 'history_unreadable', status: 500 }),
    );
  });
});
