import { shown } from '../issue.js';
import { rule } from '../rule.js';
import { namedTools } from '../capability/named-tools.js';

/** A tool that there is, but that this request does not allow. */
export const toolNotAllowed = rule('security.tool_not_allowed', ({ nodes, request: { allowedTools } }) =>
  allowedTools === null
    ? []
    : nodes.flatMap((node) =>
        namedTools(node)
          .filter(({ name }) => !allowedTools.has(name))
          .map(({ name, ...at }) => ({
            ...at,
            message: `The tool ${shown(name)} is not among allowed_tools of this request. Add it there, or do without it.`,
          })),
      ),
);
