import { defineNode, field } from '@chatter/plugin-sdk';

export default defineNode({
  type: 'drip',
  version: 1,
  label: 'Drip',
  description: 'Says a text word by word.',
  category: 'data',
  effects: 'read',
  ports: ['out'],
  textAt: '/text',
  streams: true,
  config: {
    text: field.string({ label: 'Text' }),
    rest_ms: field.integer({ label: 'Rest (ms)', min: 0, max: 10_000, default: 20 }),
  },
  async execute({ config, emitToken, to }) {
    for (const word of config.text.split(/(?<= )/)) {
      emitToken(word);
      await new Promise((resolve) => setTimeout(resolve, config.rest_ms));
    }
    return to('out', { text: config.text });
  },
});
