import { rule } from '../rule.js';

/** Without an end an execution gives null. */
export const noEnd = rule('structure.no_end', ({ nodes }) =>
  nodes.length === 0 || nodes.some(({ definition }) => definition === undefined || definition.descriptor.terminal)
    ? []
    : [
        {
          path: '/nodes',
          severity: 'warning',
          message: 'There is no end, so the output will be null. Add an end node behind what is to be given back.',
        },
      ],
);
