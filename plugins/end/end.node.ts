import {
  BaseWorkflowNode,
  Field,
  IsBoolean,
  IsOptional,
  Json,
  type JsonValue,
  type NodeContext,
  type NodeResult,
  WorkflowNode,
} from '@chatter/plugin-sdk';

export class EndConfig {
  @IsOptional()
  @Json()
  @Field({
    label: 'Output',
    help: "The execution's output. Left out: what arrived here; of a model's answer its text.",
  })
  output?: JsonValue;

  @IsOptional()
  @IsBoolean()
  @Field({
    label: 'Stop everything',
    help: 'End the whole execution here, also branches still at work.',
    default: false,
  })
  stop!: boolean;
}

/** An end of the execution. It has no ports, so its result names the place that is none: `end`. */
@WorkflowNode({
  type: 'end',
  version: 1,
  label: 'End',
  description: 'Where a branch ends, and what the execution gives back.',
  category: 'control',
  icon: 'flag',
  effects: 'none',
  ports: [],
  terminal: true,
  config: EndConfig,
})
export class EndNode extends BaseWorkflowNode<EndConfig> {
  execute({ config, incoming }: NodeContext<EndConfig>): NodeResult {
    // A configured null is an output like any other.
    const output = config.output === undefined ? incoming : config.output;
    return this.to('end', output, { stop: config.stop });
  }
}
