import {
  BaseWorkflowNode,
  Condition,
  Field,
  IsBoolean,
  type NodeContext,
  type NodeResult,
  WorkflowNode,
} from '@chatter/plugin-sdk';

export class ConditionalConfig {
  @IsBoolean()
  @Condition()
  @Field({ label: 'Condition', help: 'One expression that is true or false.', placeholder: 'incoming.score > 0.5' })
  condition!: boolean;
}

/** Sends what arrived one way or the other. */
@WorkflowNode({
  type: 'conditional',
  version: 1,
  label: 'Condition',
  description: 'Two ways on: one when the condition holds, one when it does not.',
  category: 'control',
  icon: 'split',
  effects: 'none',
  ports: ['true', 'false'],
  canBeDisabled: false,
  config: ConditionalConfig,
})
export class ConditionalNode extends BaseWorkflowNode<ConditionalConfig> {
  execute({ config, incoming }: NodeContext<ConditionalConfig>): NodeResult {
    return this.to(config.condition ? 'true' : 'false', incoming);
  }
}
