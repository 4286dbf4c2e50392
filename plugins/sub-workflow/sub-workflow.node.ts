import {
  BaseWaitNode,
  Field,
  IsBoolean,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Json,
  type JsonObject,
  type JsonValue,
  Matches,
  Min,
  type WaitContext,
  type WaitEvent,
  type WaitFor,
  type WaitStep,
  WorkflowNode,
} from '@chatter/plugin-sdk';

export class SubWorkflowConfig {
  @IsString()
  @Matches(/^(wf_)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
  @Field({ label: 'Definition', help: 'The id of the definition that is run.', placeholder: 'wf_…' })
  definition_id!: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Field({ label: 'Version', help: 'The version that is run. Empty: the newest when it is started.' })
  definition_version?: number;

  @IsOptional()
  @IsObject()
  @Json()
  @Field({ label: 'Input', help: 'Its input_data. Empty: what arrived.' })
  input?: JsonObject;

  @IsOptional()
  @IsBoolean()
  @Field({ label: 'Wait', help: 'Off: goes on as soon as it has been accepted.', default: true })
  wait?: boolean;
}

/** Runs another workflow as an execution of its own, linked to this one. */
@WorkflowNode({
  type: 'sub_workflow',
  version: 1,
  label: 'Sub-workflow',
  description: 'Runs another workflow, and gives on its output.',
  category: 'control',
  icon: 'workflow',
  kind: 'wait',
  effects: 'wait',
  idempotent: true,
  ports: ['out'],
  config: SubWorkflowConfig,
})
export class SubWorkflowNode extends BaseWaitNode<SubWorkflowConfig> {
  begin({ definition_id, definition_version, input, wait }: SubWorkflowConfig, { incoming }: WaitContext): WaitFor {
    return {
      child: {
        definitionId: definition_id,
        version: definition_version ?? null,
        input: input ?? inputOf(incoming),
        wait: wait ?? true,
      },
    };
  }

  onEvent(_config: SubWorkflowConfig, event: WaitEvent): WaitStep {
    switch (event.type) {
      case 'child_completed':
        return { type: 'settle', port: 'out', output: event.output };
      case 'child_accepted':
        return { type: 'settle', port: 'out', output: { execution_id: event.executionId } };
      case 'child_failed':
        return { type: 'fail', failure: event.failure };
      default:
        return { type: 'stay' };
    }
  }
}

/** An object is given on as it is; anything else under the name that templates and chats read. */
const inputOf = (incoming: JsonValue): JsonObject =>
  typeof incoming === 'object' && incoming !== null && !Array.isArray(incoming)
    ? (incoming as JsonObject)
    : { message: incoming };
