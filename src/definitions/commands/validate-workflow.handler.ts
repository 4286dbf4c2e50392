import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { WorkflowValidator } from '#validation';
import type { ValidationDto } from '../definition.dto.js';
import { refuseMalformed } from '../graph-check.js';
import { ValidateWorkflow } from './validate-workflow.query.js';

@QueryHandler(ValidateWorkflow)
export class ValidateWorkflowHandler implements IQueryHandler<ValidateWorkflow> {
  constructor(private readonly validator: WorkflowValidator) {}

  async execute({ graph, caller }: ValidateWorkflow): Promise<ValidationDto> {
    const { nodes = [], edges = [], ...beside } = graph;
    const result = this.validator.validate({ ...beside, nodes, edges }, caller.sub, 'validate');
    refuseMalformed(result);
    return result.toApiResponse() as unknown as ValidationDto;
  }
}
