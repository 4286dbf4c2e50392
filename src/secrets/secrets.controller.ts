import { Controller, Delete, Get, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { secretHostForm } from '#plugin-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Needs } from '../auth/access.js';
import type { Credential } from '../auth/credential.js';
import { ApiProblems } from '../docs/api-problems.js';
import { readBody } from '../http/members.js';
import { Problem } from '../http/problem.js';
import { MakeSecretDto, SecretDto, SecretListDto, WriteSecretDto } from './secret.dto.js';
import { Secrets } from './secrets.js';

type Shown = ReturnType<Secrets['list']>[number];

/** Names, hosts and use of secrets; never their values. */
@ApiTags('Secrets')
@ApiBearerAuth()
@Controller('api/v1/secrets')
export class SecretsController {
  constructor(private readonly secrets: Secrets) {}

  @Post()
  @Needs('secrets:write')
  @ApiOperation({ operationId: 'makeSecret', summary: 'Keep a secret; its value is never shown again' })
  @ApiBody({ type: MakeSecretDto })
  @ApiCreatedResponse({ type: SecretDto })
  @ApiProblems(400, 401, 403, 409, 507)
  async make(
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SecretDto> {
    const { name, value, hosts } = readBody(request.body, { name: 'text', value: 'text', hosts: 'list' });
    const wish = {
      name: checkedName(name as string),
      value: checkedValue(value as string),
      hosts: checkedHosts(hosts),
    };
    const { secret, position } = await this.secrets.set('Create', wish, caller);
    reply.headers({ location: `/api/v1/secrets/${wish.name}`, 'x-chatter-position': position ?? undefined });
    return shown(secret);
  }

  @Get()
  @Needs('secrets:use')
  @ApiOperation({ operationId: 'listSecrets', summary: 'The names of secrets, and where they may be sent' })
  @ApiOkResponse({ type: SecretListDto })
  @ApiProblems(401, 403)
  list(@Caller() { tenant }: Credential): SecretListDto {
    const secrets = this.secrets.list(tenant).map(shown);
    return { secrets, total_count: secrets.length, next_cursor: null };
  }

  @Get(':name')
  @Needs('secrets:use')
  @ApiOperation({ operationId: 'getSecret', summary: 'What is known of a secret, but its value' })
  @ApiOkResponse({ type: SecretDto })
  @ApiProblems(401, 403, 404)
  get(@Param('name') name: string, @Caller() { tenant }: Credential): SecretDto {
    const secret = this.secrets.get(tenant, name);
    if (!secret) throw new Problem('secret_not_found', `There is no secret ${name}.`);
    return shown(secret);
  }

  @Put(':name')
  @Needs('secrets:write')
  @ApiOperation({ operationId: 'replaceSecret', summary: 'Another value, and other hosts' })
  @ApiBody({ type: WriteSecretDto })
  @ApiOkResponse({ type: SecretDto })
  @ApiProblems(400, 401, 403, 404, 507)
  async replace(
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
  ): Promise<SecretDto> {
    const { value, hosts } = readBody(request.body, { value: 'text', hosts: 'list' });
    const wish = { name, value: checkedValue(value as string), hosts: checkedHosts(hosts) };
    return shown((await this.secrets.set('Replace', wish, caller)).secret);
  }

  @Delete(':name')
  @Needs('secrets:write')
  @HttpCode(204)
  @ApiOperation({ operationId: 'deleteSecret', summary: 'Nobody can use it any more' })
  @ApiNoContentResponse()
  @ApiProblems(401, 403, 404)
  async delete(@Param('name') name: string, @Caller() caller: Credential): Promise<void> {
    await this.secrets.delete(name, caller);
  }
}

const shown = ({ name, hosts, owner, created_at, updated_at }: Shown): SecretDto => ({
  name,
  hosts,
  owner_id: owner,
  created_at,
  updated_at,
});

const wrong = (message: string): Problem => new Problem('invalid_request', message);

function checkedName(name: string): string {
  if (/^[a-z][a-z0-9_]{0,63}$/.test(name)) return name;
  throw wrong('name must have 1 to 64 small letters, digits and "_", and begin with a letter.');
}

function checkedValue(value: string): string {
  if (value.length < 4 || Buffer.byteLength(value) > 8_192) throw wrong('value must have 4 characters to 8 KiB.');
  if (/[\uE000\uE001\0]/.test(value) || !value.isWellFormed())
    throw wrong('value holds characters that no secret may have.');
  return value;
}

function checkedHosts(hosts: unknown): string[] {
  const all = hosts as unknown[];
  const fits = (host: unknown): host is string => typeof host === 'string' && secretHostForm.test(host);
  if (all.length >= 1 && all.length <= 50 && all.every(fits)) return all;
  throw wrong('hosts must list 1 to 50 hosts, like "api.example.com", "api.example.com:8443" or "*.example.com".');
}
