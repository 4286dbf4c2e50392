import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EventStore, PayloadStore } from '#event-store';
import { DefinitionSource, GraphCheck } from '#runtime';
import { WorkflowValidator } from '#validation';
import { PublishDefinitionHandler } from './commands/publish-definition.handler.js';
import { ValidateWorkflowHandler } from './commands/validate-workflow.handler.js';
import { Definitions } from './definitions.js';
import { DefinitionsController } from './definitions.controller.js';
import { ValidatorCheck } from './graph-check.js';
import { NodeTypesController } from './node-types.controller.js';

@Module({
  imports: [CqrsModule],
  controllers: [DefinitionsController, NodeTypesController],
  providers: [
    {
      provide: Definitions,
      inject: [EventStore, PayloadStore],
      useFactory: (store: EventStore, payloads: PayloadStore) => new Definitions(store, payloads),
    },
    { provide: DefinitionSource, useExisting: Definitions },
    {
      provide: GraphCheck,
      inject: [WorkflowValidator],
      useFactory: (validator: WorkflowValidator) => new ValidatorCheck(validator),
    },
    PublishDefinitionHandler,
    ValidateWorkflowHandler,
  ],
  exports: [Definitions, DefinitionSource, GraphCheck],
})
export class DefinitionsModule {}
