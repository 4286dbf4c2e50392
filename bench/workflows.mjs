const steps = 10;

/** Start, ten sequential steps n → n + 1, end. `effects: write`: each step is durable before the next begins. */
export function w10(name, effects) {
  const ids = Array.from({ length: steps }, (_, at) => `n${at}`);
  const value = (at) => (at === 0 ? '{{ input.n + 1 }}' : `{{ nodes.n${at - 1}.output + 1 }}`);
  const step = (id, at) => ({
    id,
    type: 'transform',
    data: { config: { value: value(at) }, ...(effects && { effects }) },
  });
  return line(name, ids.map(step));
}

/** One step, twenty in parallel, and their join. */
export function fan(name, width = 20) {
  const ids = Array.from({ length: width }, (_, at) => `p${at}`);
  const step = (id) => ({ id, type: 'transform', data: { config: { value: '{{ input.n + 1 }}' }, effects: 'write' } });
  return {
    name,
    nodes: [
      { id: 'start', type: 'start' },
      ...ids.map(step),
      { id: 'join', type: 'merge', data: { config: {} } },
      { id: 'end', type: 'end' },
    ],
    edges: [
      ...ids.flatMap((id) => [
        { source: 'start', target: id },
        { source: id, target: 'join' },
      ]),
      { source: 'join', target: 'end' },
    ],
  };
}

function line(name, middle) {
  const all = ['start', ...middle.map(({ id }) => id), 'end'];
  return {
    name,
    nodes: [{ id: 'start', type: 'start' }, ...middle, { id: 'end', type: 'end' }],
    edges: all.slice(1).map((target, at) => ({ source: all[at], target })),
  };
}
