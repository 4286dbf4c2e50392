import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RouteOptions } from 'fastify';
import { withHooks } from '../triggers/hooks/hook-contract.js';
import { problemPage } from './problem-table.js';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

const assets = { 'swagger-ui.css': 'text/css', 'swagger-ui-bundle.js': 'text/javascript' } as const;

const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Chatter API</title><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="api"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
`;
const start = `SwaggerUIBundle({ url: '/api/v1/openapi.json', dom_id: '#api', persistAuthorization: false });\n`;
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'";

/** The contract, made from the routes themselves: OpenAPI 3.0, which every generator of clients reads. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.0.3')
    .setTitle('Chatter')
    .setDescription('Workflows whose every step is on the record.')
    .setVersion('1.0.0')
    .addBearerAuth()
    .build();
  return withHooks(SwaggerModule.createDocument(app, config, { operationIdFactory: (_controller, method) => method }));
}

/** `/api/v1/openapi.json`, `/docs`, which shows it, and `/docs/errors`. Nothing is loaded from elsewhere. */
export function serveDocs(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const publicly = { config: { public: true } };
  let document: string | undefined;
  fastify.get('/api/v1/openapi.json', publicly, async (_request, reply) => {
    document ??= JSON.stringify(openApiDocument(app));
    return reply.type('application/json').send(document);
  });
  const send = (type: string, body: string): Pick<RouteOptions, 'config' | 'handler'> => ({
    ...publicly,
    handler: async (_request, reply) => reply.type(type).header('content-security-policy', policy).send(body),
  });
  fastify.route({ method: 'GET', url: '/docs', ...send('text/html; charset=utf-8', page) });
  fastify.route({ method: 'GET', url: '/docs/errors', ...send('text/html; charset=utf-8', problemPage()) });
  fastify.route({ method: 'GET', url: '/docs/start.js', ...send('text/javascript', start) });
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  for (const [file, type] of Object.entries(assets)) {
    fastify.route({ method: 'GET', url: `/docs/${file}`, ...send(type, readFileSync(join(folder, file), 'utf8')) });
  }
}
