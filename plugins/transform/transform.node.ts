import {
  BaseWorkflowNode,
  Field,
  IsOptional,
  Json,
  type JsonValue,
  type NodeContext,
  type NodeResult,
  WorkflowNode,
} from '@chatter/plugin-sdk';

export class TransformConfig {
  @IsOptional()
  @Json()
  @Field({
    label: 'Value',
    help: 'Any JSON, with expressions anywhere in it. Left out: what arrived.',
    placeholder: '{{ incoming }}',
  })
  value?: JsonValue;
}

/** Gives its resolved `value` on; the expressions in it do the work. */
@WorkflowNode({
  type: 'transform',
  version: 1,
  label: 'Transform',
  description: 'Makes a new value out of what is there.',
  category: 'data',
  icon: 'braces',
  effects: 'none',
  ports: ['out'],
  aliases: { types: ['passthrough'] },
  config: TransformConfig,
})
export class TransformNode extends BaseWorkflowNode<TransformConfig> {
  execute({ config, incoming }: NodeContext<TransformConfig>): NodeResult {
    return this.to('out', config.value === undefined ? incoming : config.value);
  }
}
