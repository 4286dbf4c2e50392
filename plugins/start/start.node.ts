import {
  BaseWorkflowNode,
  Field,
  IsObject,
  IsOptional,
  Json,
  type JsonObject,
  Literal,
  type NodeContext,
  type NodeResult,
  WorkflowNode,
} from '@chatter/plugin-sdk';

export class StartConfig {
  @IsOptional()
  @IsObject()
  @Json()
  @Literal()
  @Field({
    label: 'Input schema',
    help: 'A JSON Schema. An execution whose input does not fit is refused before anything runs.',
  })
  input_schema?: JsonObject;
}

/** Where an execution begins. The input has been checked against `input_schema` by the time this runs. */
@WorkflowNode({
  type: 'start',
  version: 1,
  label: 'Start',
  description: 'Where the execution begins: gives the input on.',
  category: 'control',
  icon: 'play',
  effects: 'none',
  ports: ['out'],
  entry: 'start',
  canBeDisabled: false,
  config: StartConfig,
})
export class StartNode extends BaseWorkflowNode<StartConfig> {
  execute({ input }: NodeContext<StartConfig>): NodeResult {
    return this.to('out', input);
  }
}
