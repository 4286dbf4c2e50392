import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { JsonObject } from '#plugin-sdk';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENVIRONMENT, type Environment } from '../../config/environment.js';
import { prefixed } from '../../http/ids.js';
import { Problem } from '../../http/problem.js';
import { Hooks, type Received } from './hooks.js';

interface HookRoute {
  readonly Params: { readonly tenant: string; readonly '*': string };
}

const forbidden = ['__proto__', 'constructor', 'prototype'];

/** `/hooks/<tenant>/<path>`: public, since a sender has no account; the body is taken as it came, since it may be signed. */
export function serveHooks(app: NestFastifyApplication): void {
  const hooks = app.get(Hooks);
  const { syncWaitMs } = app.get<Environment>(ENVIRONMENT);
  app
    .getHttpAdapter()
    .getInstance()
    .route<HookRoute>({
      method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      url: '/hooks/:tenant/*',
      config: { public: true, rawBody: true },
      handler: async (request, reply) => {
        const received = await hooks.receive({
          tenant: request.params.tenant,
          path: request.params['*'],
          method: request.method,
          headers: headersOf(request),
          query: queryOf(request),
          raw: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        });
        return answer(received, reply, syncWaitMs);
      },
    });
}

async function answer({ run, respond }: Received, reply: FastifyReply, waitMs: number): Promise<FastifyReply> {
  const execution_id = prefixed('exec', run.executionId);
  reply.headers({ location: `/api/v1/workflows/executions/${execution_id}`, 'x-execution-id': execution_id });
  if (run.replayed) reply.header('idempotent-replayed', 'true');
  const result = respond === 'result' ? await run.settled(waitMs) : null;
  if (result === null || result.success === null) return reply.code(202).send({ execution_id, status: 'accepted' });
  if (result.success) return reply.type('application/json').send(JSON.stringify(result.output ?? null));
  throw new Problem('hook_run_failed', 'The workflow failed. Its owner sees why.', { extra: { execution_id } });
}

const headersOf = ({ headers }: FastifyRequest): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );

const queryOf = ({ query }: FastifyRequest): JsonObject =>
  Object.fromEntries(Object.entries(query as JsonObject).filter(([name]) => !forbidden.includes(name)));
