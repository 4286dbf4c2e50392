import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CommandBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Refusal } from '#engine';
import { derivedId } from '#runtime';
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

/**
 * At the first start of an empty log: definitions that run, one administrator, one API key. Later: null.
 *
 * The administrator comes last, and in one append with the key: a start that was cut off before is done again, and finds
 * the definitions that it has already made.
 */
export async function firstStart(app: NestFastifyApplication, environment: Environment): Promise<FirstStart | null> {
  const accounts = app.get(Accounts);
  if (!accounts.isEmpty || !['all', 'api'].includes(environment.role)) return null;
  const id = derivedId(environment.authSecret, nobody, 'first-start', environment.adminEmail);
  const definitionIds = await publishDemos(app, environment, { ...nobody, sub: `usr_${id}` });
  const { adminEmail: email, adminPassword } = environment;
  const password = adminPassword ?? randomBytes(15).toString('base64url');
  const user = { id, tenant: nobody.tenant, email, password, roles: ['admin'], keyName: 'First key' };
  const made = await accounts.createUser(user, { sub: 'system', via: 'engine' }).catch(anotherWasFirst);
  if (made === null) return null;
  const { apiKey } = made;
  return { password: adminPassword === null ? password : null, apiKey, definitionId: definitionIds[0]! };
}

/** Of several processes that start at once, one tells the password. */
function anotherWasFirst(error: unknown): null {
  if (error instanceof Refusal && error.code === 'user_exists') return null;
  throw error;
}

const nobody: Credential = { sub: 'system', tenant: 'default', via: 'session', scopes: ['*'], sessionId: null };

async function publishDemos(
  app: NestFastifyApplication,
  { authSecret }: Environment,
  owner: Credential,
): Promise<string[]> {
  const ids: string[] = [];
  for (const demo of demos) {
    const body = JSON.parse(readFileSync(new URL(`./${demo}.json`, import.meta.url), 'utf8')) as WriteDefinitionDto;
    const id = derivedId(authSecret, owner, 'demos', demo);
    await app.get(CommandBus).execute(new PublishDefinition({ is: 'new', id }, body, owner));
    ids.push(prefixed('wf', id));
  }
  return ids;
}
