import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../execution/refusal.js';
import { decideSecret, evolveSecret, unknownSecret, type SecretSet, type SecretState } from './secret.decider.js';

const value = { salt: 's', iv: 'i', data: 'd', tag: 't' };
const set: SecretSet = { name: 'key', hosts: ['api.example.com'], owner: 'ada', value };
const tell = (state: SecretState, ...commands: Parameters<typeof decideSecret>[1][]): SecretState =>
  commands.reduce(
    (before, command) => decideSecret(before, command).reduce((one, event) => evolveSecret(one, event, 'now'), before),
    state,
  );
const refused = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
  }
  return 'granted';
};

describe('a secret', () => {
  const known = tell(unknownSecret, { type: 'Create', set });

  it('is made once, and replaced by whoever may, with its owner kept', () => {
    expect(known).toMatchObject({ status: 'set', owner: 'ada', created_at: 'now' });
    expect(refused(() => tell(known, { type: 'Create', set }))).toBe('secret_exists');
    expect(tell(known, { type: 'Replace', set: { ...set, hosts: ['*.example.com'], owner: 'bob' } })).toMatchObject({
      hosts: ['*.example.com'],
      owner: 'ada',
    });
    expect(refused(() => tell(unknownSecret, { type: 'Replace', set }))).toBe('secret_not_found');
  });

  it('is deleted once; its name is free again', () => {
    const deleted = tell(known, { type: 'Delete', by: 'ada' });
    expect(deleted.status).toBe('deleted');
    expect(refused(() => tell(deleted, { type: 'Delete', by: 'ada' }))).toBe('secret_not_found');
    expect(tell(deleted, { type: 'Create', set }).status).toBe('set');
    expect(evolveSecret(unknownSecret, { type: 'SecretDeleted', data: { by: 'ada' } }, 'now')).toBe(unknownSecret);
  });
});
