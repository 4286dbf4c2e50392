import { didYouMean } from '#engine';
import { shown } from '../issue.js';
import { rule } from '../rule.js';
import { namedTools } from './named-tools.js';

/** A tool that nobody provides. */
export const unknownTool = rule('capability.unknown_tool', ({ nodes, request: { facts } }) => {
  const known = new Set(facts?.tools.map(({ name }) => name));
  return nodes.flatMap((node) =>
    namedTools(node)
      .filter(({ name }) => facts !== null && !known.has(name))
      .map(({ name, ...at }) => ({
        ...at,
        message: `Nobody provides the tool ${shown(name)}.${didYouMean(name, known)} See GET /api/v1/workflows/tools.`,
      })),
  );
});
