import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { CallerValidator } from '../caller-validator.js';
import type { ValidationDto } from '../definition.dto.js';
import { refuseMalformed } from '../graph-check.js';
import { ValidateWorkflow } from './validate-workflow.query.js';

@QueryHandler(ValidateWorkflow)
export class ValidateWorkflowHandler implements IQueryHandler<ValidateWorkflow> {
  constructor(private readonly validator: CallerValidator) {}

  async execute({ graph, caller, of }: ValidateWorkflow): Promise<ValidationDto> {
    const { nodes = [], edges = [], ...beside } = graph;
    const sent = { ...beside, nodes, edges };
    const { definitionId, published } = of;
    const result = published
      ? this.validator.published(sent, caller, 'validate', { definitionId })
      : this.validator.own(sent, caller, 'validate', { definitionId });
    refuseMalformed(result);
    return result.toApiResponse() as unknown as ValidationDto;
  }
}
