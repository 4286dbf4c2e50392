import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ExecutionEngine, type ExecutionResult } from '#runtime';
import { Accounts } from '../../auth/accounts.js';
import { DecideApproval } from './decide-approval.command.js';

@CommandHandler(DecideApproval)
export class DecideApprovalHandler implements ICommandHandler<DecideApproval> {
  constructor(
    private readonly engine: ExecutionEngine,
    private readonly accounts: Accounts,
  ) {}

  execute({ executionId, approvalId, by, vote }: DecideApproval): Promise<ExecutionResult> {
    const as = this.accounts.namesOf(by.sub);
    return this.engine.decideApproval(by.tenant, executionId, { approvalId, by, as, ...vote });
  }
}
