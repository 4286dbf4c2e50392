import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { derivedId } from '#runtime';
import type { ApiKey } from '#engine';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiProblems } from '../docs/api-problems.js';
import { prefixed, uuidIn } from '../http/ids.js';
import { Problem } from '../http/problem.js';
import { tokenHeader } from '../http/request-headers.js';
import { ENVIRONMENT, type Environment } from '../config/environment.js';
import { Caller, Needs, Public, scopes } from './access.js';
import { Accounts } from './accounts.js';
import {
  ApiKeysDto,
  ChangePasswordDto,
  CreateApiKeyDto,
  LoginDto,
  MeDto,
  NewApiKeyDto,
  RefreshDto,
  TokensDto,
  type ApiKeyDto,
} from './auth.dto.js';
import type { Credential } from './credential.js';
import { Sessions, type Tokens } from './sessions.js';

@ApiTags('Sign-in and keys')
@Controller('api/v1/auth')
export class AuthController {
  constructor(
    private readonly accounts: Accounts,
    private readonly sessions: Sessions,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  @Post('login')
  @Public()
  @HttpCode(200)
  @ApiOperation({ operationId: 'login', summary: 'Sign in with e-mail and password' })
  @ApiOkResponse({ type: TokensDto })
  @ApiProblems(400, 401, 429)
  login(@Body() { email, password }: LoginDto, @Req() request: FastifyRequest): Promise<Tokens> {
    return this.sessions.signIn(email, password, request.ip);
  }

  @Post('refresh')
  @Public()
  @HttpCode(200)
  @ApiOperation({ operationId: 'refresh', summary: 'New tokens for a refresh token, which works once' })
  @ApiOkResponse({ type: TokensDto })
  @ApiProblems(400, 401)
  refresh(@Body() { refresh_token }: RefreshDto): Promise<Tokens> {
    return this.sessions.refresh(refresh_token);
  }

  @Post('logout')
  @Needs('any')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({ operationId: 'logout', summary: 'End one session at once, its access tokens too' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401)
  async logout(@Body() { refresh_token }: RefreshDto): Promise<void> {
    await this.sessions.signOut(refresh_token);
  }

  @Get('me')
  @Needs('any')
  @ApiBearerAuth()
  @ApiOperation({ operationId: 'me', summary: 'Who this credential stands for, and what it may do' })
  @ApiOkResponse({ type: MeDto })
  @ApiProblems(401)
  me(@Caller() caller: Credential): MeDto {
    const { state } = this.accounts.ofId(caller.sub)!;
    return { id: caller.sub, email: state.email!, tenant: caller.tenant, roles: state.roles, scopes: caller.scopes };
  }

  @Post('change-password')
  @Needs('any')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({ operationId: 'changePassword', summary: 'Change your password; other sessions end' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401)
  async changePassword(@Body() body: ChangePasswordDto, @Caller() caller: Credential): Promise<void> {
    const account = this.accounts.ofId(caller.sub)!;
    if (!(await this.accounts.isPassword(account, body.current_password)))
      throw new Problem('invalid_credentials', 'The current password is wrong.');
    await this.accounts.changePassword(account, body.new_password, caller.sessionId, caller);
  }

  @Post('api-keys')
  @Needs('any')
  @ApiBearerAuth()
  @ApiOperation({ operationId: 'createApiKey', summary: 'Make an API key; it is shown this once' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key and body make one API key only.' })
  @ApiCreatedResponse({ type: NewApiKeyDto })
  @ApiProblems(400, 401, 403, 409)
  async createKey(
    @Body() body: CreateApiKeyDto,
    @Caller() caller: Credential,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NewApiKeyDto> {
    const unknown = body.scopes.filter((scope) => scope !== '*' && !(scopes as readonly string[]).includes(scope));
    if (unknown.length > 0)
      throw new Problem(
        'invalid_request',
        `There is no scope ${unknown.join(', ')}. The scopes are: ${scopes.join(', ')}, *.`,
      );
    const once = tokenHeader(request, 'idempotency-key');
    const wish = {
      ...(once !== undefined && { id: derivedId(this.environment.authSecret, caller, 'api-keys', once) }),
      name: body.name,
      scopes: body.scopes,
      expiresAt: body.expires_at ?? null,
      held: caller.scopes,
    };
    const { key, facts } = await this.accounts.createKey(this.accounts.ofId(caller.sub)!, wish, {
      sub: caller.sub,
      via: caller.via,
    });
    reply.header('location', `/api/v1/auth/api-keys/${prefixed('key', facts.key_id)}`);
    if (key === null) reply.header('idempotent-replayed', 'true');
    return { ...keyView(facts), key };
  }

  @Get('api-keys')
  @Needs('any')
  @ApiBearerAuth()
  @ApiOperation({ operationId: 'listApiKeys', summary: 'Your API keys, without the keys themselves' })
  @ApiOkResponse({ type: ApiKeysDto })
  @ApiProblems(401)
  listKeys(@Caller() caller: Credential): ApiKeysDto {
    const { keys } = this.accounts.ofId(caller.sub)!.state;
    return { api_keys: keys.map(keyView), total_count: keys.length, next_cursor: null };
  }

  @Delete('api-keys/:id')
  @Needs('any')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({ operationId: 'revokeApiKey', summary: 'Revoke an API key at once' })
  @ApiNoContentResponse()
  @ApiProblems(401, 403, 404)
  async revokeKey(@Param('id') id: string, @Caller() caller: Credential): Promise<void> {
    const keyId = uuidIn('key', id);
    if (keyId === null) throw new Problem('api_key_not_found', `There is no API key ${id}.`);
    await this.accounts.tell(
      this.accounts.ofId(caller.sub)!,
      { type: 'RevokeApiKey', keyId, held: caller.scopes },
      { sub: caller.sub, via: caller.via },
    );
  }
}

const keyView = ({ key_id, name, prefix, scopes: held, expires_at, created_at }: ApiKey): ApiKeyDto => ({
  id: prefixed('key', key_id),
  name,
  prefix,
  scopes: held,
  expires_at,
  created_at,
});
