import { parseExpression } from '../index.js';

/** What the examples of the language are evaluated against. */
export const data: Readonly<Record<string, unknown>> = {
  input: {
    n: 41,
    half: 0.5,
    name: 'Ada Lovelace',
    empty: '',
    yes: true,
    no: false,
    nothing: null,
    tags: ['b', 'a', 'c', 'a'],
    numbers: [3, 1, 2],
    nested: [[1, 2], [3], 4],
    user: { name: 'Ada', address: { city: 'London' } },
    'odd key': 1,
    people: [
      { name: 'Ada', age: 36 },
      { name: 'Alan', age: 41 },
      { name: 'Grace', age: 85 },
    ],
    emoji: 'a😀b',
    at: '2026-01-31T12:34:56.789Z',
  },
  nodes: {
    'fetch-1': { output: { status: 200 }, status: 'succeeded' },
    ask: { output: { text: 'hi' }, status: 'succeeded' },
    skipped: { output: null },
  },
  variables: { total: 7, list: [] },
  item: 21,
  index: 0,
  incoming: 5,
};
const names = (name: string) => data[name];

export const evaluate = (source: string) => parseExpression(source).evaluate(names);
