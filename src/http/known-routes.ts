import type { FastifyInstance } from 'fastify';

export interface KnownRoute {
  readonly method: string;
  readonly url: string;
  readonly public: boolean;
  readonly needs: string | null;
}

/** Every route that there is, as the router was told it: which methods an address has, and what each asks for. */
export class KnownRoutes {
  private readonly routes: KnownRoute[] = [];
  private readonly patterns = new Map<string, RegExp>();

  /** Must come before the first route. */
  constructor(fastify: FastifyInstance) {
    fastify.addHook('onRoute', ({ method, url, config }) => {
      for (const each of [method].flat()) {
        this.routes.push({
          method: each.toUpperCase(),
          url,
          public: config?.public ?? false,
          needs: config?.needs ?? null,
        });
      }
      this.patterns.set(url, patternOf(url));
    });
  }

  all(): readonly KnownRoute[] {
    return this.routes;
  }

  /** The methods that this path answers to; none where there is nothing. */
  methodsAt(path: string): readonly string[] {
    const here = this.routes.filter(({ url }) => url !== '*' && this.patterns.get(url)!.test(path));
    return [...new Set(here.map(({ method }) => method))].toSorted();
  }
}

/** `/executions/:id/steps/*` as the router reads it: a parameter is one segment, a star is the rest. */
const patternOf = (url: string): RegExp =>
  new RegExp(
    `^${url
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replace(/:[A-Za-z]+/g, '[^/]+')
      .replace('*', '.*')}$`,
  );
