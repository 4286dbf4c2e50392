import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EventStore, idOf, PayloadStore } from '#event-store';
import { DefinitionSource, GraphCheck } from '#runtime';
import { WorkflowValidator } from '#validation';
import type { Logger } from 'pino';
import { LOG } from '../config/log.js';
import { OtherProcesses } from '../database/other-processes.js';
import { Secrets } from '../secrets/secrets.js';
import { LiveTriggers } from '../triggers/live-triggers.js';
import { CallerValidator } from './caller-validator.js';
import { PublishDefinitionHandler } from './commands/publish-definition.handler.js';
import { ValidateWorkflowHandler } from './commands/validate-workflow.handler.js';
import { DefinitionAnswers } from './definition-answers.js';
import { DefinitionDiffs } from './definition-diffs.js';
import { Definitions } from './definitions.js';
import { DefinitionsController } from './definitions.controller.js';
import { Drafts } from './drafts/drafts.js';
import { DraftsController } from './drafts/drafts.controller.js';
import { PublishDraftHandler } from './drafts/publish-draft.handler.js';
import { SaveDraftHandler } from './drafts/save-draft.handler.js';
import { ValidatorCheck } from './graph-check.js';
import { NodeTypesController } from './node-types.controller.js';
import { VersionsController } from './versions.controller.js';

@Module({
  imports: [CqrsModule],
  controllers: [DefinitionsController, DraftsController, VersionsController, NodeTypesController],
  providers: [
    {
      provide: LiveTriggers,
      inject: [PayloadStore, LOG],
      useFactory: (payloads: PayloadStore, log: Logger) => new LiveTriggers(payloads, log),
    },
    {
      provide: Definitions,
      inject: [EventStore, PayloadStore, LiveTriggers, OtherProcesses],
      useFactory: async (store: EventStore, payloads: PayloadStore, triggers: LiveTriggers, others: OtherProcesses) => {
        const definitions = new Definitions(store, payloads, triggers);
        await others.hear({ categories: ['definition'] }, ({ stream }) => definitions.heard(idOf(stream)));
        return definitions;
      },
    },
    {
      provide: Drafts,
      inject: [EventStore, PayloadStore],
      useFactory: (store: EventStore, payloads: PayloadStore) => new Drafts(store, payloads),
    },
    DefinitionAnswers,
    DefinitionDiffs,
    { provide: DefinitionSource, useExisting: Definitions },
    {
      provide: GraphCheck,
      inject: [CallerValidator],
      useFactory: (validator: CallerValidator) => new ValidatorCheck(validator),
    },
    {
      provide: CallerValidator,
      inject: [WorkflowValidator, Secrets],
      useFactory: (validator: WorkflowValidator, secrets: Secrets) => new CallerValidator(validator, secrets),
    },
    PublishDefinitionHandler,
    SaveDraftHandler,
    PublishDraftHandler,
    ValidateWorkflowHandler,
  ],
  exports: [Definitions, DefinitionAnswers, LiveTriggers, DefinitionSource, GraphCheck, CallerValidator],
})
export class DefinitionsModule {}
