import { holds } from '#engine';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sendProblem } from '../http/problem.filter.js';
import { Problem } from '../http/problem.js';
import type { Accounts } from './accounts.js';
import type { Sessions } from './sessions.js';

/**
 * Deny by default, in one place, after routing and before the body is read: a route names the right that it needs, or
 * that it is public; one that names nothing is refused to everybody. No decision rests on the text of an address.
 */
export function guardAccess(fastify: FastifyInstance, accounts: Accounts, sessions: Sessions, now: () => number = Date.now): void {
  const identify = async (request: FastifyRequest) => {
    const token = /^Bearer ([^\s]+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) return null;
    return token.startsWith('chk_') ? accounts.ofKey(token, now()) : sessions.ofAccessToken(token);
  };

  fastify.addHook('onRequest', async (request, reply) => {
    const { config } = request.routeOptions;
    if (config.public || request.is404) return;
    const credential = await identify(request);
    if (!credential) return refuse(new Problem('unauthenticated', unauthenticated(request)));
    const needs = config.needs;
    if (needs === undefined || (needs !== 'any' && !holds(credential.scopes, needs))) {
      return refuse(new Problem('forbidden', `This needs the right ${needs ?? 'of nobody'}, which your credential does not hold.`));
    }
    request.credential = credential;

    function refuse(problem: Problem) {
      sendProblem(reply, request, problem);
      return reply;
    }
  });
}

const unauthenticated = ({ headers }: FastifyRequest): string =>
  headers.authorization === undefined
    ? 'No credential was sent. Send `Authorization: Bearer <access token or API key>`.'
    : 'The credential in `Authorization` is unknown, has expired, or was revoked. Send `Bearer <access token or API key>`.';
