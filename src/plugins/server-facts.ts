import type { Models, NodeCatalogue, ToolRegistry } from '#plugin-host';
import type { ServerFacts } from '#validation';

/** What this server can do, as the validator asks for it: read anew each time, since tools come and go. */
export const serverFacts = (catalogue: NodeCatalogue, models: Models, tools: ToolRegistry): ServerFacts => ({
  providers: models.providerNames(),
  models: models.list().map(({ provider, model, default: standard, features, prices }) => ({
    provider,
    model,
    default: standard,
    features,
    answer_price: prices?.completion ?? null,
  })),
  tools: tools.list(),
  permissionsOf: (type) => catalogue.find(type)?.permissions ?? null,
});
