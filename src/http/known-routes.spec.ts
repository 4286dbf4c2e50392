import { describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { KnownRoutes } from './known-routes.js';

const answer = async () => 'ok';

describe('The routes that there are', () => {
  const server = fastify({ exposeHeadRoutes: false });
  const routes = new KnownRoutes(server);
  server.get('/things', { config: { public: true } }, answer);
  server.route({ method: ['PUT', 'PATCH'], url: '/things/:id', config: { needs: 'things:write' }, handler: answer });
  server.get('/things/:id', answer);
  server.post('/things/:id/parts/*', answer);
  server.options('*', answer);

  it('are known by method, address and what they ask for', () => {
    expect(routes.all()).toContainEqual({ method: 'GET', url: '/things', public: true, needs: null });
    expect(routes.all()).toContainEqual({ method: 'PATCH', url: '/things/:id', public: false, needs: 'things:write' });
  });

  it.each([
    ['/things', ['GET']],
    ['/things/1', ['GET', 'PATCH', 'PUT']],
    ['/things/1/parts/a/b', ['POST']],
    ['/things/1/parts', []],
    ['/thing.', []],
    ['/elsewhere', []],
  ])('%s has the methods %j', (path, methods) => {
    expect(routes.methodsAt(path)).toEqual(methods);
  });
});
