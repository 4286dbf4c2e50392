import { defineNode, field } from '@chatter/plugin-sdk';
import { louder } from './louder.js';

export default defineNode({
  type: 'shout',
  version: 1,
  label: 'Shout',
  description: 'Says a text louder.',
  category: 'data',
  effects: 'none',
  ports: ['out'],
  config: {
    text: field.string({ label: 'Text', help: 'What is said', aliases: ['message'] }),
    marks: field.integer({ label: 'Marks', min: 0, max: 10, default: 1 }),
  },
  execute: ({ config, to }) => to('out', louder(config.text, config.marks)),
});

/** Asks a service to say it back. */
export const echo = defineNode({
  type: 'shout_echo',
  version: 1,
  label: 'Echo',
  category: 'integration',
  effects: 'read',
  ports: ['out'],
  config: { url: field.string({ label: 'URL' }) },
  async execute({ config, http, to }) {
    const { body } = await http.send({
      url: config.url,
      method: 'GET',
      headers: {},
      maxBytes: 1_000,
      followRedirects: false,
    });
    return to('out', body);
  },
});
