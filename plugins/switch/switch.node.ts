import {
  ArrayMaxSize,
  ArrayMinSize,
  BaseWorkflowNode,
  Condition,
  type ConfigFinding,
  Field,
  IsArray,
  IsBoolean,
  IsString,
  ListOf,
  Literal,
  Matches,
  type NodeContext,
  type NodeResult,
  type ResolvedConfig,
  WorkflowNode,
} from '@chatter/plugin-sdk';

/** Ports that a switch has without any case, and the names no port may have. */
const TAKEN = ['default', 'error', 'in', 'back'];

export class SwitchCase {
  @IsString()
  @Matches(/^[A-Za-z0-9_-]{1,64}$/)
  @Literal()
  @Field({ label: 'Name', help: 'The port of this case: up to 64 letters, digits, _ and -.' })
  name!: string;

  @IsBoolean()
  @Condition()
  @Field({ label: 'Condition', help: 'One expression that is true or false.', placeholder: "incoming.kind == 'bug'" })
  condition!: boolean;
}

export class SwitchConfig {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ListOf(() => SwitchCase)
  @Field({ label: 'Cases', help: 'Tried in this order; the first that holds is taken.' })
  cases!: SwitchCase[];
}

/** Sends what arrived to the port of the first case that holds, else to `default`. */
@WorkflowNode({
  type: 'switch',
  version: 1,
  label: 'Switch',
  description: 'Several ways on: the first case that holds, else the default.',
  category: 'control',
  icon: 'route',
  effects: 'none',
  ports: ['default', { from: '/cases/*/name' }],
  canBeDisabled: false,
  config: SwitchConfig,
})
export class SwitchNode extends BaseWorkflowNode<SwitchConfig> {
  execute({ config, incoming }: NodeContext<SwitchConfig>): NodeResult {
    const first = config.cases.find(({ condition }) => condition);
    return this.to(first?.name ?? 'default', incoming);
  }

  /** Every case is a port, so every name stands once and is not one of the taken ones. */
  validate({ cases }: ResolvedConfig): ConfigFinding[] {
    const names = namesOf(cases);
    return names.flatMap((name, index) => {
      const path = `/cases/${index}/name`;
      if (name === undefined) return [];
      if (TAKEN.includes(name)) {
        return [
          {
            path,
            message: `A case may not be called "${name}": the ports ${TAKEN.join(', ')} have that name already. Choose another.`,
          },
        ];
      }
      const earlier = names.indexOf(name);
      if (earlier === index) return [];
      return [
        {
          path,
          message: `Case ${index + 1} has the name "${name}" of case ${earlier + 1}. Give each case a name of its own.`,
        },
      ];
    });
  }
}

/** The names as they stand; what is no case is the schema's business. */
function namesOf(cases: unknown): (string | undefined)[] {
  if (!Array.isArray(cases)) return [];
  return cases.map((one: unknown) => {
    const name = typeof one === 'object' && one !== null && 'name' in one ? one.name : undefined;
    return typeof name === 'string' ? name : undefined;
  });
}
