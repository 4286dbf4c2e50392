import { randomUUID } from 'node:crypto';
import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { guardAccess } from './auth/access.hook.js';
import { Accounts } from './auth/accounts.js';
import { Sessions } from './auth/sessions.js';
import type { Environment } from './config/environment.js';
import { makeLog } from './config/log.js';
import { serveDocs } from './docs/serve-docs.js';
import { ProblemFilter } from './http/problem.filter.js';
import { Problem, type ProblemItem } from './http/problem.js';
import { readStrictJson } from './http/strict-json.js';
import { ExecutionEngine } from '#runtime';

const bodyLimit = 1024 * 1024;

/** The whole application, not yet listening: its stores are open, what a process before it left is under way again. */
export async function createApp(environment: Environment): Promise<NestFastifyApplication> {
  const log = makeLog(environment.logLevel);
  const trusted = environment.trustedProxies;
  const adapter = new FastifyAdapter({
    bodyLimit,
    genReqId: () => `req_${randomUUID()}`,
    trustProxy: trusted.length > 0 ? [...trusted] : false,
    routerOptions: { maxParamLength: 1_000 },
    logger: false,
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(environment, log), adapter, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  const fastify = adapter.getInstance();

  fastify.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : readStrictJson(body as string));
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
  });
  guardAccess(fastify, app.get(Accounts), app.get(Sessions));

  app.useGlobalFilters(new ProblemFilter(log));
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true, exceptionFactory: invalid }));
  if (environment.corsOrigins.length > 0) app.enableCors({ origin: [...environment.corsOrigins], exposedHeaders: ['location', 'x-execution-id', 'x-chatter-position'] });
  app.enableShutdownHooks();
  serveDocs(app);
  await app.init();
  await app.get(ExecutionEngine).recover();
  return app;
}

function invalid(errors: readonly ValidationError[]): Problem {
  const items = errors.flatMap((error) => itemsOf(error, ''));
  return new Problem('invalid_request', `The request has ${items.length === 1 ? 'a fault' : `${items.length} faults`}: ${items[0]?.message ?? ''}`, { errors: items });
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
