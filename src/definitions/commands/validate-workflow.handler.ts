import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { WorkflowValidator } from '#validation';
import type { ValidationDto } from '../definition.dto.js';
import { ValidateWorkflow } from './validate-workflow.query.js';

@QueryHandler(ValidateWorkflow)
export class ValidateWorkflowHandler implements IQueryHandler<ValidateWorkflow> {
  constructor(private readonly validator: WorkflowValidator) {}

  async execute({ graph, caller }: ValidateWorkflow): Promise<ValidationDto> {
    const { nodes = [], edges = [], metadata } = graph;
    return this.validator.validate({ nodes, edges, metadata }, caller.sub, 'validate').toApiResponse() as unknown as ValidationDto;
  }
}
