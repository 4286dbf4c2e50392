import { asksModel, isExpression } from '../capability/chosen-model.js';
import { namedTools } from '../capability/named-tools.js';
import type { AnalysedNode } from '../analysed-graph.js';
import { shown } from '../issue.js';
import { rule } from '../rule.js';
import type { Permissions } from '../server-facts.js';
import { coversHost, coversModel } from './covers.js';
import { literalTarget } from './literal-target.js';

/** A node type from outside reaches the hosts, models and tools of its manifest, and no others. */
export const permissionMissing = rule('security.permission_missing', ({ nodes, request: { facts } }) =>
  nodes.flatMap((node) => {
    const permissions = facts?.permissionsOf(node.node.type);
    if (!permissions) return [];
    return wishesOf(node)
      .filter(({ kind, name }) => !covers[kind](permissions, name))
      .map(({ field, kind, name }) => ({
        path: `${node.path}/data/config/${field}`,
        node_id: node.node.id,
        message: `The plugin of ${shown(node.node.type)} may not use the ${words[kind]} ${shown(name)}: its manifest does not list it. Choose another, or have the permission granted.`,
      }));
  }),
);

interface Wish {
  readonly kind: keyof Permissions;
  readonly name: string;
  readonly field: string;
}

const words = { http: 'host', models: 'model', tools: 'tool' } as const satisfies Record<keyof Permissions, string>;

const covers: Readonly<Record<keyof Permissions, (permissions: Permissions, name: string) => boolean>> = {
  http: ({ http }, host) => http.some((allowed) => coversHost(allowed, host)),
  models: ({ models }, model) => models.some((allowed) => coversModel(allowed, model)),
  tools: ({ tools = [] }, tool) => tools.includes('*') || tools.includes(tool),
};

/** As far as they stand there literally. */
function wishesOf(analysed: AnalysedNode): readonly Wish[] {
  const host = literalTarget(analysed)?.host;
  const { provider, model } = analysed.node.data.config;
  const asks = asksModel(analysed) && !isExpression(provider) && !isExpression(model);
  const name = provider === undefined && model === undefined ? 'default' : `${provider ?? '*'}/${model ?? '*'}`;
  return [
    ...(host === undefined ? [] : [{ kind: 'http' as const, name: host, field: 'url' }]),
    ...(asks ? [{ kind: 'models' as const, name, field: 'model' }] : []),
    ...namedTools(analysed).map((tool) => ({
      kind: 'tools' as const,
      name: tool.name,
      field: tool.path.slice(`${analysed.path}/data/config/`.length),
    })),
  ];
}
