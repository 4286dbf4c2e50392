import { Module, type BeforeApplicationShutdown } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EventStore, Leases, OpenExecutions, PayloadStore } from '#event-store';
import { Models, NodeCatalogue, NodeRunner } from '#plugin-host';
import { ReadModel } from '#read-model';
import { ChatSource, DefinitionSource, ExecutionEngine, GraphCheck, TemplateSource } from '#runtime';
import type { Logger } from 'pino';
import { ENVIRONMENT, type Environment } from '../config/environment.js';
import { LOG } from '../config/log.js';
import { Answers } from '../conversations/answers.js';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { TemplatesModule } from '../templates/templates.module.js';
import { ApprovalsController } from './approvals.controller.js';
import { CancelExecutionHandler } from './commands/cancel-execution.handler.js';
import { DecideApprovalHandler } from './commands/decide-approval.handler.js';
import { ExecuteWorkflowHandler } from './commands/execute-workflow.handler.js';
import { RetryExecutionHandler } from './commands/retry-execution.handler.js';
import { SendSignalHandler } from './commands/send-signal.handler.js';
import { ResolveStepHandler } from './commands/resolve-step.handler.js';
import { ExecuteController } from './execute.controller.js';
import { ExecutionLists } from './execution-lists.js';
import { ExecutionsController } from './executions.controller.js';
import { Histories } from './histories.js';
import { HistoryController } from './history.controller.js';
import { TimersController } from './timers.controller.js';

const engine = {
  provide: ExecutionEngine,
  inject: [
    EventStore,
    OpenExecutions,
    Leases,
    PayloadStore,
    DefinitionSource,
    GraphCheck,
    NodeCatalogue,
    NodeRunner,
    Models,
    ReadModel,
    TemplateSource,
    ChatSource,
    Answers,
    ENVIRONMENT,
    LOG,
  ],
  useFactory: (
    store: EventStore,
    openExecutions: OpenExecutions,
    leases: Leases,
    payloads: PayloadStore,
    definitions: DefinitionSource,
    check: GraphCheck,
    catalogue: NodeCatalogue,
    runner: NodeRunner,
    { priceTableVersion: priceTable }: Models,
    readModel: ReadModel,
    templates: TemplateSource,
    chats: ChatSource,
    answers: Answers,
    { authSecret: secret }: Environment,
    log: Logger,
  ) =>
    new ExecutionEngine({
      store,
      openExecutions,
      payloads,
      definitions,
      templates,
      chats,
      check,
      catalogue,
      runner,
      secret,
      priceTable,
      leases,
      log,
      onDurable: (events) => {
        readModel.wake();
        answers.heard(events);
      },
    }),
};

@Module({
  imports: [CqrsModule, DefinitionsModule, TemplatesModule],
  controllers: [ExecuteController, ApprovalsController, TimersController, ExecutionsController, HistoryController],
  providers: [
    engine,
    ExecutionLists,
    Histories,
    ExecuteWorkflowHandler,
    CancelExecutionHandler,
    ResolveStepHandler,
    RetryExecutionHandler,
    SendSignalHandler,
    DecideApprovalHandler,
  ],
  exports: [ExecutionEngine],
})
export class ExecutionsModule implements BeforeApplicationShutdown {
  constructor(private readonly executions: ExecutionEngine) {}

  /** Steps in flight are let finish, before the log is closed. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.executions.stop();
  }
}
