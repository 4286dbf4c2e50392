import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EventStore, PayloadStore } from '#event-store';
import { NodeCatalogue } from '#plugin-host';
import { TemplateSource } from '#runtime';
import { CallerValidator } from '../definitions/caller-validator.js';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { BuiltInTemplates } from './built-in-templates.js';
import { ImportTemplateHandler } from './commands/import-template.handler.js';
import { InstantiateTemplateHandler } from './commands/instantiate-template.handler.js';
import { SaveTemplateHandler } from './commands/save-template.handler.js';
import { FromTemplateController } from './from-template.controller.js';
import { SentTemplates } from './sent-templates.js';
import { TemplateAnswers } from './template-answers.js';
import { TemplateCheck } from './template-check.js';
import { TemplateExchangeController } from './template-exchange.controller.js';
import { TemplateFilling } from './template-filling.js';
import { Templates } from './templates.js';
import { TemplatesController } from './templates.controller.js';

@Module({
  imports: [CqrsModule, DefinitionsModule],
  controllers: [TemplatesController, TemplateExchangeController, FromTemplateController],
  providers: [
    {
      provide: Templates,
      inject: [EventStore, PayloadStore, NodeCatalogue],
      useFactory: (store: EventStore, payloads: PayloadStore, catalogue: NodeCatalogue) =>
        new Templates(store, payloads, new BuiltInTemplates(catalogue.types())),
    },
    {
      provide: TemplateCheck,
      inject: [CallerValidator, NodeCatalogue],
      useFactory: (validator: CallerValidator, catalogue: NodeCatalogue) =>
        new TemplateCheck(validator, catalogue.types()),
    },
    {
      provide: TemplateSource,
      inject: [Templates, NodeCatalogue],
      useFactory: (templates: Templates, catalogue: NodeCatalogue) => new TemplateFilling(templates, catalogue.types()),
    },
    TemplateAnswers,
    SentTemplates,
    SaveTemplateHandler,
    ImportTemplateHandler,
    InstantiateTemplateHandler,
  ],
  exports: [TemplateSource, Templates, TemplateAnswers],
})
export class TemplatesModule {}
