import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { Credential } from './credential.js';

/** Rights, as API keys carry them. `*` is all of them. */
export const scopes = [
  'executions:run',
  'executions:read',
  'executions:cancel',
  'definitions:read',
  'definitions:write',
  'templates:read',
  'templates:write',
  'approvals:decide',
  'documents:read',
  'documents:write',
  'secrets:use',
  'secrets:write',
  'plugins:manage',
  'users:manage',
  'audit:read',
  'audit:export',
] as const;
export type Scope = (typeof scopes)[number];

/** This route asks for a credential with this right. A route that says nothing is refused to everybody. */
export const Needs = (scope: Scope | 'any', also: { readonly takesText?: true } = {}): MethodDecorator =>
  RouteConfig({ needs: scope, ...also });

/** This route asks for no credential. The list of them is held by a test. */
export const Public = (): MethodDecorator => RouteConfig({ public: true });

export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Credential => {
  return context.switchToHttp().getRequest<FastifyRequest>().credential!;
});
