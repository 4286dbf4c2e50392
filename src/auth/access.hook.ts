import { holds } from '#engine';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { KnownRoutes } from '../http/known-routes.js';
import { sendProblem } from '../http/problem.filter.js';
import { Problem } from '../http/problem.js';
import type { Accounts } from './accounts.js';
import type { Credential } from './credential.js';
import type { Sessions } from './sessions.js';

export interface Guarding {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly routes: KnownRoutes;
  readonly now?: () => number;
}

/**
 * Deny by default, in one place, after routing and before the body is read: a route names the right that it needs, or
 * that it is public; one that names nothing is refused to everybody. No decision rests on the text of an address.
 */
export function guardAccess(fastify: FastifyInstance, { accounts, sessions, routes, now = Date.now }: Guarding): void {
  const identify = async (request: FastifyRequest) => {
    const token = /^Bearer ([^\s]+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) return null;
    return token.startsWith('chk_') ? accounts.ofKey(token, now()) : sessions.ofAccessToken(token);
  };

  fastify.addHook('onRequest', async (request, reply) => {
    const { config } = request.routeOptions;
    if (request.is404) return refuseMethod(routes, request, reply);
    if (config.public) return;
    const credential = await identify(request);
    if (!credential) return refuse(new Problem('unauthenticated', unauthenticated(request)));
    const { needs } = config;
    if (!mayDo(credential, needs)) {
      return refuse(
        new Problem('forbidden', `This needs the right ${needs ?? 'of nobody'}, which your credential does not hold.`),
      );
    }
    request.credential = credential;
    request.stillMay = async () => mayDo(await identify(request), needs);

    function refuse(problem: Problem) {
      sendProblem(reply, request, problem);
      return reply;
    }
  });
}

const mayDo = (credential: Credential | null, needs: string | undefined): boolean =>
  credential !== null && needs !== undefined && (needs === 'any' || holds(credential.scopes, needs));

/** An address that is there, but not for this method, says which it has; any other goes on to its 404. */
function refuseMethod(routes: KnownRoutes, request: FastifyRequest, reply: FastifyReply) {
  const methods = routes.methodsAt(request.url.split('?')[0]!);
  if (methods.length === 0) return undefined;
  reply.header('allow', methods.join(', '));
  sendProblem(
    reply,
    request,
    new Problem('method_not_allowed', `${request.method} is not possible here, ${methods.join(' and ')} is.`),
  );
  return reply;
}

const unauthenticated = ({ headers }: FastifyRequest): string =>
  headers.authorization === undefined
    ? 'No credential was sent. Send `Authorization: Bearer <access token or API key>`.'
    : 'The credential in `Authorization` is unknown, has expired, or was revoked. Send `Bearer <access token or API key>`.';
