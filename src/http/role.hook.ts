import type { FastifyInstance } from 'fastify';
import type { Role } from '../config/environment.js';
import { Problem } from './problem.js';
import { sendProblem } from './problem.filter.js';

const forOperators = /^\/(health(\/|$)|metrics$)/;

/** A process that takes no requests tells operators how it is, and everybody else whom to ask. */
export function serveByRole(fastify: FastifyInstance, role: Role): void {
  if (role === 'all' || role === 'api') return;
  fastify.addHook('onRequest', async (request, reply) => {
    if (forOperators.test(request.url.split('?')[0]!)) return;
    sendProblem(
      reply,
      request,
      new Problem('wrong_role', `This process has the role "${role}", and takes no requests.`),
    );
    return reply;
  });
}
