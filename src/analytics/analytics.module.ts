import { Module } from '@nestjs/common';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { TemplatesModule } from '../templates/templates.module.js';
import { DefinitionAnalyticsController } from './definition-analytics.controller.js';
import { OverviewController } from './overview.controller.js';
import { TemplateAnalyticsController } from './template-analytics.controller.js';

/** What executions came to: how often, how fast, how dear. */
@Module({
  imports: [DefinitionsModule, TemplatesModule],
  controllers: [DefinitionAnalyticsController, TemplateAnalyticsController, OverviewController],
})
export class AnalyticsModule {}
