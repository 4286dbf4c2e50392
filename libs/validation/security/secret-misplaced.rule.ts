import { rule } from '../rule.js';

/** Secrets are resolved at the call, in fields made for them. No node type has such a field to read `secrets` in. */
export const secretMisplaced = rule('security.secret_misplaced', ({ expressions }) =>
  expressions
    .filter(({ expression }) => expression.references.some(({ root }) => root === 'secrets'))
    .map(({ at }) => ({
      ...at,
      message:
        'A secret may not stand here: what this expression makes is recorded and shown. Leave "secrets" out of it.',
    })),
);
