import { Controller, Delete, Get, HttpCode, Param, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { KnownConversation } from '#engine';
import { ReadModel } from '#read-model';
import type { FastifyReply } from 'fastify';
import { Caller, Needs } from '../auth/access.js';
import type { Credential } from '../auth/credential.js';
import { OwnWrites } from '../database/own-writes.js';
import { ApiProblems } from '../docs/api-problems.js';
import { EventsQueryDto } from '../executions/execution.dto.js';
import { uuidIn } from '../http/ids.js';
import { Problem } from '../http/problem.js';
import { Answers } from './answers.js';
import { ConversationDto, ConversationListDto, ListConversationsDto, MessageListDto } from './conversation.dto.js';
import { conversationView, listedView, messagePage } from './conversation-view.js';
import { Conversations } from './conversations.js';

@ApiTags('Conversations')
@ApiBearerAuth()
@Controller('api/v1/conversations')
export class ConversationsController {
  constructor(
    private readonly conversations: Conversations,
    private readonly answers: Answers,
    private readonly readModel: ReadModel,
    private readonly ownWrites: OwnWrites,
  ) {}

  @Get()
  @Needs('executions:read')
  @ApiOperation({ operationId: 'listConversations', summary: 'Your conversations, the one spoken in last first' })
  @ApiOkResponse({ type: ConversationListDto })
  @ApiProblems(400, 401, 403)
  async list(@Query() query: ListConversationsDto, @Caller() caller: Credential): Promise<ConversationListDto> {
    await this.ownWrites.seen(query.min_position);
    const { min_position: _, ...filter } = query;
    const wish = { ...filter, tenant: caller.tenant, owner: caller.sub } as Parameters<
      ReadModel['conversations']['list']
    >[0];
    const page = await this.readModel.conversations.list(wish);
    return { conversations: page.rows.map(listedView), total_count: page.total_count, next_cursor: page.next_cursor };
  }

  @Get(':id')
  @Needs('executions:read')
  @ApiOperation({ operationId: 'getConversation', summary: 'One of your conversations' })
  @ApiOkResponse({ type: ConversationDto })
  @ApiProblems(401, 403, 404)
  async get(@Param('id') id: string, @Caller() caller: Credential): Promise<ConversationDto> {
    const { id: bare, state } = await this.known(id, caller);
    return conversationView(bare, state);
  }

  @Get(':id/messages')
  @Needs('executions:read')
  @ApiOperation({
    operationId: 'listMessages',
    summary: 'What was said in it, oldest first, each answer behind its question',
  })
  @ApiOkResponse({ type: MessageListDto })
  @ApiProblems(400, 401, 403, 404)
  async messages(
    @Param('id') id: string,
    @Query() query: EventsQueryDto,
    @Caller() caller: Credential,
  ): Promise<MessageListDto> {
    return messagePage((await this.known(id, caller)).state, query);
  }

  @Delete(':id')
  @Needs('executions:run')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteConversation',
    summary: 'Delete it: it is shown no more, and takes no message',
  })
  @ApiNoContentResponse()
  @ApiProblems(401, 403, 404)
  async delete(
    @Param('id') id: string,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { id: bare } = await this.known(id, caller);
    const { tenant, sub, via } = caller;
    const by = { tenant, actor: { sub, via } };
    const { position } = await this.conversations.tell(bare, { type: 'Delete', by: sub }, by);
    if (position) reply.header('x-chatter-position', position);
  }

  /** With every answer that there is by now. */
  private async known(id: string, caller: Credential): Promise<{ id: string; state: KnownConversation }> {
    const bare = uuidIn('conv', id);
    const known = bare === null ? null : await this.conversations.find(caller, bare);
    const state = known && bare !== null ? await this.answers.settle(caller.tenant, bare) : null;
    if (bare === null || !state) throw new Problem('conversation_not_found', `There is no conversation ${id}.`);
    return { id: bare, state };
  }
}
