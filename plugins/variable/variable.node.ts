import {
  BaseWorkflowNode,
  type ConfigFinding,
  Field,
  IsIn,
  IsOptional,
  IsString,
  Json,
  type JsonObject,
  type JsonValue,
  Literal,
  Matches,
  type NodeContext,
  NodeFailure,
  type NodeResult,
  type ResolvedConfig,
  WorkflowNode,
} from '@chatter/plugin-sdk';

const OPERATIONS = ['set', 'get', 'append', 'increment', 'decrement', 'delete'] as const;

export class VariableConfig {
  @IsOptional()
  @IsIn(OPERATIONS)
  @Literal()
  @Field({ label: 'Operation', help: 'What happens to the variable.', default: 'set' })
  operation!: (typeof OPERATIONS)[number];

  @IsString()
  @Matches(/^(?!__)[A-Za-z_][A-Za-z0-9_]{0,63}$/)
  @Literal()
  @Field({ label: 'Name', help: 'A letter or _, then letters, digits and _: read elsewhere as variables.<name>.' })
  variable_name!: string;

  @IsOptional()
  @Json()
  @Field({ label: 'Value', help: 'What is set or appended; by how much it grows or shrinks (default 1).' })
  value?: JsonValue;
}

/** Reads or changes one variable of the execution. The output is the new value; of `delete`, the old one. */
@WorkflowNode({
  type: 'variable',
  version: 1,
  label: 'Variable',
  description: 'Reads or changes a variable of the execution.',
  category: 'data',
  icon: 'variable',
  effects: 'none',
  ports: ['out'],
  config: VariableConfig,
})
export class VariableNode extends BaseWorkflowNode<VariableConfig> {
  execute({ config, variables }: NodeContext<VariableConfig>): NodeResult {
    const { variable_name: name, operation, value } = config;
    const now = valueOf(variables, name);
    switch (operation) {
      case 'get':
        return this.to('out', now ?? null);
      case 'set':
        return this.becomes(name, value ?? null);
      case 'append':
        return this.becomes(name, appended(name, now, value ?? null));
      case 'increment':
        return this.becomes(name, moved(name, now, amountOf(name, value), 1));
      case 'decrement':
        return this.becomes(name, moved(name, now, amountOf(name, value), -1));
      case 'delete':
        return this.to('out', now ?? null, { unset: [name] });
    }
  }

  validate({ operation = 'set', value }: ResolvedConfig): ConfigFinding[] {
    if ((operation === 'set' || operation === 'append') && value === undefined) {
      return [{ path: '/value', message: `Say what to ${operation}: value is missing. A null is written as null.` }];
    }
    if ((operation === 'get' || operation === 'delete') && value !== undefined) {
      return [{ path: '/value', message: `${operation} uses no value. Leave it out.`, severity: 'warning' }];
    }
    return [];
  }

  private becomes(name: string, value: JsonValue): NodeResult {
    return this.to('out', value, { set: { [name]: value } });
  }
}

/** Only what somebody set: `constructor` is no variable. */
const valueOf = (variables: JsonObject, name: string): JsonValue | undefined =>
  Object.hasOwn(variables, name) ? variables[name] : undefined;

/** A variable that is missing starts a list. */
function appended(name: string, list: JsonValue | undefined, value: JsonValue): JsonValue {
  if (list === undefined) return [value];
  if (Array.isArray(list)) return [...list, value];
  throw wrongType(`Variable "${name}" is ${kindOf(list)}, so nothing can be appended to it. Set it to a list first.`);
}

/** A variable that is missing counts from 0. */
function moved(name: string, from: JsonValue | undefined, amount: number, direction: 1 | -1): number {
  const start = from === undefined ? 0 : from;
  if (typeof start !== 'number') {
    throw wrongType(`Variable "${name}" is ${kindOf(start)}, so it cannot be counted. Set it to a number first.`);
  }
  const sum = start + direction * amount;
  if (Number.isFinite(sum)) return sum;
  throw wrongType(
    `Variable "${name}" would leave the range of numbers: ${start} and ${amount} are too large together.`,
  );
}

function amountOf(name: string, value: JsonValue | undefined): number {
  if (value === undefined) return 1;
  if (typeof value === 'number') return value;
  throw wrongType(`Variable "${name}" can only be counted by a number, and value is ${kindOf(value)}.`);
}

const wrongType = (message: string): NodeFailure => new NodeFailure({ code: 'variable_type', message });

function kindOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
