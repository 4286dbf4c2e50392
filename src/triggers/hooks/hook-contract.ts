import type { OpenAPIObject } from '@nestjs/swagger';
import { problemCodes } from '../../http/problem-codes.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
const statuses = [400, 401, 404, 405, 409, 413, 415, 422, 429, 502, 503] as const;

/** Webhooks as the contract tells them: they are no controller's, and ask for no credential. */
export function withHooks(document: OpenAPIObject): OpenAPIObject {
  const operations = Object.fromEntries(methods.map((method) => [method, operationOf(method)]));
  return { ...document, paths: { ...document.paths, '/hooks/{tenant}/{path}': operations } };
}

const parameter = (name: string, description: string) =>
  ({ name, in: 'path', required: true, description, schema: { type: 'string' } }) as const;

const operationOf = (method: string): Operation => ({
  operationId: `${method}Hook`,
  summary: 'Begin an execution by a webhook of an active definition',
  description: 'Without a credential; the webhook says how a request shows where it comes from.',
  tags: ['Webhooks'],
  parameters: [parameter('tenant', 'Whose.'), parameter('path', 'As the webhook names it; it may hold slashes.')],
  ...(method !== 'get' && { requestBody: { content: { 'application/json': { schema: {} } } } }),
  responses: {
    200: { description: 'The output (`respond: "result"`).', content: { 'application/json': { schema: {} } } },
    202: {
      description: 'Begun; `Location` says where it is.',
      content: {
        'application/json': {
          schema: { type: 'object', properties: { execution_id: { type: 'string' }, status: { type: 'string' } } },
          example: { execution_id: 'exec_0198…', status: 'accepted' },
        },
      },
    },
    ...Object.fromEntries(statuses.map((status) => [status, problem(status)])),
  },
});

const problem = (status: number) => ({
  description: Object.entries(problemCodes)
    .filter(([, [each]]) => each === status)
    .map(([code, [, title]]) => `${code}: ${title}`)
    .join(' · '),
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDto' } } },
});
