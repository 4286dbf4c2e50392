import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ModelMessage } from '#plugin-sdk';
import { startAnthropicServer } from '../../../../test/support/anthropic-server.js';
import type { ModelServer } from '../../../../test/support/model-server.js';
import { anthropic, askOf, modelsAt } from '../testing/served.js';

describe('the protocol of Anthropic', () => {
  let server: ModelServer;
  beforeAll(async () => void (server = await startAnthropicServer()));
  afterAll(() => server.close());

  it.each([['/v1'], [''], ['/']])('is spoken at an address that ends in "%s"', async (end) => {
    const models = modelsAt(anthropic, `http://127.0.0.1:${server.port}${end}`);
    const messages = [
      { role: 'system' as const, content: 'Be kind.' },
      { role: 'user' as const, content: 'One' },
    ];
    await askOf(models, { messages });
    expect(server.calls.at(-1)).toMatchObject({
      system: [{ type: 'text', text: 'Be kind.' }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'One' }] }],
    });
  });

  it('begins with the user, also where what was remembered begins with an answer', async () => {
    const models = modelsAt(anthropic, server.baseUrl);
    const messages: ModelMessage[] = [
      { role: 'system', content: 'Be kind.' },
      { role: 'assistant', content: 'Well.' },
      { role: 'user', content: 'So?' },
    ];
    await askOf(models, { messages });
    expect(server.calls.at(-1)?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    await askOf(models, { messages: messages.slice(2) });
    expect(server.calls.at(-1)?.messages.map(({ role }) => role)).toEqual(['user']);
  });
});
