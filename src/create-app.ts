import { isUtf8 } from 'node:buffer';
import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { AppModule } from './app.module.js';
import { guardAccess } from './auth/access.hook.js';
import { Accounts } from './auth/accounts.js';
import { Sessions } from './auth/sessions.js';
import type { Environment } from './config/environment.js';
import { makeLog } from './config/log.js';
import { serveDocs } from './docs/serve-docs.js';
import { documentTypes } from './documents/document-text.js';
import { answerNoHttp, answerUnreadableAddress, newRequestId } from './http/framework-errors.js';
import { KnownRoutes } from './http/known-routes.js';
import { serveByRole } from './http/role.hook.js';
import { ProblemFilter } from './http/problem.filter.js';
import { Problem, type ProblemItem } from './http/problem.js';
import { jsonLimits, readStrictBody } from './http/strict-json.js';
import { serveHooks } from './triggers/hooks/serve-hooks.js';
import { Triggers } from './triggers/triggers.js';
import { Leases } from '#event-store';
import { ExecutionEngine } from '#runtime';

const headersOfAll = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** The whole application, not yet listening: its stores are open, what a process before it left is under way again. */
export async function createApp(environment: Environment): Promise<NestFastifyApplication> {
  const log = makeLog(environment.logLevel);
  const adapter = makeAdapter(environment);
  const fastify = adapter.getInstance();
  const routes = new KnownRoutes(fastify);
  fastify.decorate('knownRoutes', routes);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(environment, log), adapter, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  readBodies(fastify);
  fastify.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, ...headersOfAll });
  });
  if (environment.corsOrigins.length > 0)
    app.enableCors({ origin: [...environment.corsOrigins], exposedHeaders: [...exposedHeaders] });
  serveByRole(fastify, environment.role);
  guardAccess(fastify, { accounts: app.get(Accounts), sessions: app.get(Sessions), routes });

  app.useGlobalFilters(new ProblemFilter(log));
  app.useGlobalPipes(
    new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true, exceptionFactory: invalid }),
  );
  app.enableShutdownHooks();
  serveDocs(app);
  serveHooks(app);
  await app.init();
  await app.get(ExecutionEngine).recover();
  await app.get(Triggers).start({ schedules: app.get(Leases).drives });
  return app;
}

const exposedHeaders = [
  'location',
  'etag',
  'x-execution-id',
  'x-chatter-position',
  'x-request-id',
  'idempotent-replayed',
  'retry-after',
];

/** Open streams and idle connections do not hold up a stop: their readers come again, and resume. */
function makeAdapter({ trustedProxies }: Environment): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: jsonLimits.bytes,
    genReqId: newRequestId,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    routerOptions: { maxParamLength: 1_000 },
    forceCloseConnections: true,
    clientErrorHandler: answerNoHttp,
    frameworkErrors: answerUnreadableAddress,
    logger: false,
  });
}

/** Of a body that is a text. */
const textBytes = 5 * 1024 * 1024;

/** JSON is the one type of body that there is, and it is read in one place; but for the few routes that take a text. */
function readBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: jsonLimits.bytes },
    (request, body, done) => {
      try {
        done(null, request.routeOptions.config.rawBody ? body : readStrictBody(body as Buffer));
      } catch (error) {
        done(error as Error);
      }
    },
  );
  fastify.addContentTypeParser(
    [...documentTypes],
    { parseAs: 'buffer', bodyLimit: textBytes },
    (request, body, done) => {
      const takesText = request.routeOptions.config.takesText === true;
      if (!takesText) done(new Problem('unsupported_media_type', 'Send the body as application/json.'));
      else if (!isUtf8(body as Buffer))
        done(new Problem('invalid_request', 'The text is not UTF-8. Send it as UTF-8.'));
      else done(null, (body as Buffer).toString('utf8'));
    },
  );
}

function invalid(errors: readonly ValidationError[]): Problem {
  const items = errors.flatMap((error) => itemsOf(error, ''));
  return new Problem(
    'invalid_request',
    `The request has ${items.length === 1 ? 'a fault' : `${items.length} faults`}: ${items[0]?.message ?? ''}`,
    { errors: items },
  );
}

function itemsOf({ property, constraints = {}, children = [] }: ValidationError, above: string): ProblemItem[] {
  const path = `${above}/${property}`;
  const own = Object.entries(constraints).map(([rule, message]) => ({
    rule: `request.${rule === 'whitelistValidation' ? 'unknown_key' : 'type'}`,
    message: rule === 'whitelistValidation' ? `"${property}" is not known here.` : message,
    path,
    severity: 'error' as const,
  }));
  return [...own, ...children.flatMap((child) => itemsOf(child, path))];
}
