import { Inject, Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import type { Credential } from '../auth/credential.js';
import { ENVIRONMENT, type Environment } from '../config/environment.js';
import { triggerViews } from '../triggers/trigger-view.js';
import { uuidIn } from '../http/ids.js';
import { Problem } from '../http/problem.js';
import { ValidateWorkflow } from './commands/validate-workflow.query.js';
import type { DefinitionDto, ValidationDto } from './definition.dto.js';
import { definitionView } from './definition-view.js';
import { Definitions, type Definition } from './definitions.js';
import type { Known } from './drafts/drafts.js';

/** How definitions are found by their ids, and answered with. */
@Injectable()
export class DefinitionAnswers {
  constructor(
    private readonly definitions: Definitions,
    private readonly queries: QueryBus,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  async known(id: string, { tenant }: Credential): Promise<Known> {
    const bare = uuidIn('wf', id);
    const state = bare === null ? null : await this.definitions.find(tenant, bare);
    if (bare === null || !state) throw new Problem('definition_not_found', `There is no definition ${id}.`);
    return { id: bare, state };
  }

  /** With its newest version, which is also its ETag. */
  async of(
    { id, state, position }: Definition,
    caller: Credential,
    reply: FastifyReply,
    validation?: ValidationDto,
  ): Promise<DefinitionDto> {
    const newest = state.versions.at(-1)!;
    if (position) reply.header('x-chatter-position', position);
    reply.header('etag', `"${newest.version}"`);
    const graph = await this.definitions.graph(caller.tenant, newest.graph_digest);
    const { nodes, edges } = graph;
    return {
      ...definitionView(id, state, newest, graph),
      triggers: triggerViews(graph, state, {
        tenant: caller.tenant,
        base: this.environment.publicUrl ?? '',
        now: Date.now(),
      }),
      validation:
        validation ??
        (await this.queries.execute(
          new ValidateWorkflow({ nodes, edges }, caller, { definitionId: id, published: true }),
        )),
    };
  }
}
