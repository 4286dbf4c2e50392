import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CommandBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Actor } from '#event-store';
import { Accounts } from '../auth/accounts.js';
import type { Credential } from '../auth/credential.js';
import type { Environment } from '../config/environment.js';
import { PublishDefinition } from '../definitions/commands/publish-definition.command.js';
import type { WriteDefinitionDto } from '../definitions/definition.dto.js';
import { prefixed } from '../http/ids.js';

export interface FirstStart {
  /** Null: the operator has chosen it. */
  readonly password: string | null;
  readonly apiKey: string;
  /** Of "Simple Chat". */
  readonly definitionId: string;
}

const demos = ['simple-chat', 'support-triage', 'summarise-a-list', 'fetch-and-classify'];

/** At the first start of an empty log: one administrator, one API key, and definitions that run. Later: null. */
export async function firstStart(app: NestFastifyApplication, { adminEmail, adminPassword }: Environment): Promise<FirstStart | null> {
  const accounts = app.get(Accounts);
  if (!accounts.isEmpty) return null;
  const password = adminPassword ?? randomBytes(15).toString('base64url');
  const by: Actor = { sub: 'system', via: 'engine' };
  const admin = await accounts.createUser({ email: adminEmail, password, roles: ['admin'], tenant: 'default' }, by);
  const { key } = await accounts.createKey(admin, { name: 'First key', scopes: ['*'], expiresAt: null, held: ['*'] }, by);
  const caller: Credential = { sub: `usr_${admin.id}`, tenant: 'default', via: 'session', scopes: ['*'], sessionId: null };
  const ids: string[] = [];
  for (const demo of demos) {
    const body = JSON.parse(readFileSync(new URL(`./${demo}.json`, import.meta.url), 'utf8')) as WriteDefinitionDto;
    const { definition } = await app.get(CommandBus).execute(new PublishDefinition(null, body, caller));
    ids.push(prefixed('wf', definition.id));
  }
  return { password: adminPassword === null ? password : null, apiKey: key, definitionId: ids[0]! };
}
