import { describe, expect, it } from '@jest/globals';
import type { Environment } from '../config/environment.js';
import { welcome } from './welcome.js';

const environment = { dataDir: '/data', adminEmail: 'admin@localhost', publicUrl: null } as unknown as Environment;
const made = { password: 'made-up', apiKey: 'chk_key', definitionId: 'wf_1' };

describe('What a newcomer is told', () => {
  it('is where to look, who to sign in as, and one line that works', () => {
    const text = welcome('http://127.0.0.1:3000', environment, made);
    expect(text).toContain('http://127.0.0.1:3000/docs');
    expect(text).toContain('admin@localhost   password made-up');
    const [, body] = /-d '(.+)'/.exec(text)!;
    expect(JSON.parse(body!)).toEqual({
      workflow_type: 'definition',
      definition_id: 'wf_1',
      input_data: { query: 'Hello, world!' },
    });
    expect(text).toMatch(
      /^ {2}curl -s http:\/\/127\.0\.0\.1:3000\/api\/v1\/workflows\/execute -H 'Authorization: Bearer chk_key'/m,
    );
  });

  it('does not repeat a password that the operator has chosen', () => {
    expect(welcome('http://x', environment, { ...made, password: null })).not.toContain('password');
  });

  it('later is that both were shown, and how to make another key', () => {
    const text = welcome('http://x', environment, null);
    expect(text).toContain('were shown at the first start');
    expect(text).toContain('POST /api/v1/auth/api-keys');
    expect(text).not.toContain('curl');
  });

  it('names the public address where there is one', () => {
    expect(welcome('http://127.0.0.1:1', { ...environment, publicUrl: 'https://chatter.example/' }, null)).toContain(
      'at https://chatter.example\n',
    );
  });
});
