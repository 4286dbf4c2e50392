import { randomUUID } from 'node:crypto';
import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { derivedId } from '#runtime';
import type { JsonObject } from '#plugin-sdk';
import { ReadModel, type ListedDocument } from '#read-model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Needs } from '../auth/access.js';
import type { Credential } from '../auth/credential.js';
import { ENVIRONMENT, type Environment } from '../config/environment.js';
import { OwnWrites } from '../database/own-writes.js';
import { ApiProblems } from '../docs/api-problems.js';
import { prefixed, uuidIn } from '../http/ids.js';
import { readBody } from '../http/members.js';
import { Problem } from '../http/problem.js';
import { tokenHeader } from '../http/request-headers.js';
import {
  AddDocumentDto,
  DocumentHitsDto,
  DocumentListDto,
  ListDocumentsDto,
  SearchDocumentsDto,
  UploadQueryDto,
  WholeDocumentDto,
  type DocumentDto,
} from './document.dto.js';
import { DocumentSearch } from './document-search.js';
import { textOf } from './document-text.js';
import { Documents, type KnownDocument, type ToAdd } from './documents.js';

/** What workflows look up: uploaded once, searched by `retrieval`. */
@ApiTags('Documents')
@ApiBearerAuth()
@Controller('api/v1/documents')
export class DocumentsController {
  constructor(
    private readonly documents: Documents,
    private readonly search: DocumentSearch,
    private readonly readModel: ReadModel,
    private readonly ownWrites: OwnWrites,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  @Post()
  @Needs('documents:write', { takesText: true })
  @ApiOperation({
    operationId: 'addDocument',
    summary: 'Add a document, as JSON or as it is',
    description:
      'As JSON up to 1 MiB; as text/plain, text/markdown or text/html up to 5 MiB, with title, collection and source in the query.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key and document: one document only.' })
  @ApiConsumes('application/json', 'text/plain', 'text/markdown', 'text/html')
  @ApiBody({ type: AddDocumentDto })
  @ApiCreatedResponse({ type: WholeDocumentDto })
  @ApiProblems(400, 401, 403, 409, 413, 415, 507)
  async add(
    @Query() query: UploadQueryDto,
    @Req() request: FastifyRequest,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WholeDocumentDto> {
    const wish = typeof request.body === 'string' ? uploaded(request, request.body, query) : described(request.body);
    const key = tokenHeader(request, 'idempotency-key');
    const id = key === undefined ? randomUUID() : derivedId(this.environment.authSecret, caller, 'documents', key);
    const { document, position } = await this.documents.add(id, wish, caller);
    this.search.wrote(position);
    reply.headers({
      location: `/api/v1/documents/${prefixed('doc', id)}`,
      ...(position === null ? { 'idempotent-replayed': 'true' } : { 'x-chatter-position': position }),
    });
    return { ...whole(document, wish.text), embedded: this.search.isEmbedded(id) };
  }

  @Get()
  @Needs('documents:read')
  @ApiOperation({ operationId: 'listDocuments', summary: 'Documents, newest first' })
  @ApiOkResponse({ type: DocumentListDto })
  @ApiProblems(400, 401, 403)
  async list(@Query() query: ListDocumentsDto, @Caller() { tenant }: Credential): Promise<DocumentListDto> {
    const { min_position, ...filter } = query;
    await this.ownWrites.seen(min_position);
    const { rows, ...page } = await this.readModel.documents.list({ ...filter, tenant });
    return { documents: rows.map(listed), ...page };
  }

  @Post('search')
  @Needs('documents:read')
  @HttpCode(200)
  @ApiOperation({ operationId: 'searchDocuments', summary: 'What `retrieval` would find' })
  @ApiBody({ type: SearchDocumentsDto })
  @ApiOkResponse({ type: DocumentHitsDto })
  @ApiProblems(400, 401, 403)
  async find(@Req() request: FastifyRequest, @Caller() { tenant }: Credential): Promise<DocumentHitsDto> {
    const members = { query: 'text', collection: 'text?', limit: 'count?', score_threshold: 'amount?' } as const;
    const { query, collection = null, limit = 5, score_threshold = null } = readBody(request.body, members);
    const { hits, by } = await this.search.search(tenant, {
      query: query as string,
      collection: collection as string | null,
      limit: Math.min(limit as number, 50),
      scoreThreshold: score_threshold as number | null,
    });
    return { hits: [...hits], by };
  }

  @Get(':id')
  @Needs('documents:read')
  @ApiOperation({ operationId: 'getDocument', summary: 'One document, with its text' })
  @ApiOkResponse({ type: WholeDocumentDto })
  @ApiProblems(401, 403, 404)
  async get(@Param('id') id: string, @Caller() { tenant }: Credential): Promise<WholeDocumentDto> {
    const document = await this.known(id, tenant);
    const text = await this.documents.text(tenant, document);
    return { ...whole(document, text), embedded: this.search.isEmbedded(document.id) };
  }

  @Delete(':id')
  @Needs('documents:write')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteDocument',
    summary: 'Delete it: it is found no more',
    description: 'That it was there stays on the record. Its text stays in the payload store until that is erased.',
  })
  @ApiNoContentResponse()
  @ApiProblems(401, 403, 404)
  async delete(
    @Param('id') id: string,
    @Caller() caller: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const document = await this.known(id, caller.tenant);
    const position = await this.documents.delete(document.id, caller);
    this.search.wrote(position);
    if (position) reply.header('x-chatter-position', position);
  }

  private async known(id: string, tenant: string): Promise<KnownDocument> {
    const bare = uuidIn('doc', id);
    const document = bare === null ? null : await this.documents.find(tenant, bare);
    if (!document) throw new Problem('document_not_found', `There is no document ${id}.`);
    return document;
  }
}

function described(body: unknown): ToAdd {
  const members = {
    title: 'text',
    text: 'text',
    collection: 'text?',
    source: 'text?',
    mime: 'text?',
    metadata: 'object?',
  } as const;
  const {
    title,
    text,
    collection = 'default',
    source = null,
    mime = 'text/plain',
    metadata = {},
  } = readBody(body, members);
  return checked({
    title: title as string,
    text: textOf(mime as string, text as string),
    collection: collection as string,
    source: source as string | null,
    mime: mime as string,
    metadata: metadata as JsonObject,
  });
}

function uploaded(request: FastifyRequest, body: string, query: UploadQueryDto): ToAdd {
  const mime = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  const text = textOf(mime, body);
  const { title = firstLine(text), collection = 'default', source = null } = query;
  return checked({ title, text, collection, source, mime, metadata: {} });
}

const firstLine = (text: string): string =>
  text
    .split('\n', 1)[0]!
    .replace(/^#+\s*/, '')
    .slice(0, 200)
    .toWellFormed();

function checked(wish: ToAdd): ToAdd {
  const { title, collection, source } = wish;
  const wrong = (message: string) => new Problem('invalid_request', message);
  if (title.trim() === '' || title.length > 500) throw wrong('title must have 1 to 500 characters.');
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u.test(collection))
    throw wrong('collection must have 1 to 100 letters, digits, spaces, ".", "_" and "-".');
  if (source !== null && source.length > 2_000) throw wrong('source must have at most 2,000 characters.');
  return wish;
}

const listed = ({ position: _, tenant: _tenant, ...row }: ListedDocument): DocumentDto => ({
  ...row,
  id: prefixed('doc', row.id),
});

const whole = ({ id, value, collection, mime, characters, owner, created_at }: KnownDocument, text: string) => ({
  id: prefixed('doc', id),
  ...value,
  collection,
  mime,
  characters,
  owner_id: owner,
  created_at,
  text,
});
