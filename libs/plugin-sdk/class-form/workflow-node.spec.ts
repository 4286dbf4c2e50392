import { describe, expect, it } from '@jest/globals';
import {
  type Arrival,
  BaseJoinNode,
  BaseScopeNode,
  BaseWaitNode,
  BaseWorkflowNode,
  configClassOf,
  type ConfigFinding,
  type Failure,
  Field,
  IsString,
  type JoinDefinition,
  type JsonValue,
  type NodeContext,
  type NodeResult,
  type ScopeDefinition,
  type ScopeStep,
  type TaskDefinition,
  toDefinition,
  type WaitDefinition,
  type WaitEvent,
  type WaitFor,
  type WaitStep,
  WorkflowNode,
} from '#plugin-sdk';

class GreetConfig {
  @IsString()
  @Field({ label: 'Name', help: 'Who is greeted', aliases: ['who'] })
  name!: string;
}

@WorkflowNode({
  type: 'greet',
  label: 'Greet',
  category: 'data',
  effects: 'none',
  ports: ['out'],
  icon: 'wave',
  aliases: { types: ['hello'], config: { person: 'name' } },
  config: GreetConfig,
})
class GreetNode extends BaseWorkflowNode<GreetConfig> {
  private readonly word = 'Hello';

  execute({ config }: NodeContext<GreetConfig>): NodeResult {
    return this.to('out', `${this.word}, ${config.name}`, { warnings: ['loud'] });
  }
  retriesFor(_config: GreetConfig, failure: Failure): number | null {
    return failure.retryable ? 2 : null;
  }
  validate(): ConfigFinding[] {
    return [{ path: '/name', message: this.word }];
  }
}

describe('a node class', () => {
  const definition = toDefinition(GreetNode) as TaskDefinition;

  it('becomes one definition, with every default said', () => {
    expect(definition.descriptor).toEqual({
      type: 'greet',
      version: 1,
      kind: 'task',
      label: 'Greet',
      description: '',
      category: 'data',
      icon: 'wave',
      ports: ['out'],
      effects: 'none',
      idempotent: false,
      terminal: false,
      streams: false,
      canBeDisabled: true,
      configSchema: {
        type: 'object',
        properties: { name: { title: 'Name', description: 'Who is greeted', type: 'string', 'x-aliases': ['who'] } },
        required: ['name'],
        additionalProperties: false,
      },
      aliases: { types: ['hello'], config: { who: 'name', person: 'name' }, handles: {} },
    });
    expect(toDefinition(GreetNode)).toBe(definition);
    expect(configClassOf(definition)).toBe(GreetConfig);
  });

  it('does what its methods do, with the instance they belong to', () => {
    const { execute, retriesFor, validate } = definition;
    const context = { config: { name: 'Ada' } } as unknown as NodeContext;
    expect(execute(context)).toEqual({ port: 'out', output: 'Hello, Ada', warnings: ['loud'] });
    expect(retriesFor?.({}, { code: 'x', message: 'x', retryable: true })).toBe(2);
    expect(validate?.({})).toEqual([{ path: '/name', message: 'Hello' }]);
  });

  it('can be a scope, a join or a wait', () => {
    class Empty {}
    const outline = {
      version: 2,
      label: 'X',
      category: 'control',
      effects: 'none',
      ports: ['out'],
      config: Empty,
    } as const;

    @WorkflowNode({ ...outline, type: 'scope', kind: 'scope', ports: ['body', 'out'], bodyPort: 'body' })
    class Scope extends BaseScopeNode {
      next(_config: object, { started }: { started: number }): ScopeStep {
        if (started === 0) return this.iterate('item');
        if (started === 1) return this.stay();
        return started === 2 ? this.settle('out', 1) : this.fail({ code: 'x', message: 'x', retryable: false });
      }
    }
    @WorkflowNode({ ...outline, type: 'join', kind: 'join' })
    class Join extends BaseJoinNode {
      join() {
        return { mode: 'n', n: 2 } as const;
      }
      combine(_config: object, arrivals: readonly Arrival[]): JsonValue {
        return arrivals.length;
      }
    }
    @WorkflowNode({ ...outline, type: 'wait', kind: 'wait', effects: 'wait' })
    class Wait extends BaseWaitNode {
      begin(): WaitFor {
        return { timer: { dueAt: 1 } };
      }
      onEvent(_config: object, event: WaitEvent): WaitStep {
        return event.type === 'timer' ? { type: 'settle', port: 'out', output: null } : { type: 'stay' };
      }
    }
    const { next } = toDefinition(Scope) as ScopeDefinition;
    const steps = [0, 1, 2, 3].map((started) => next({}, { started, running: 0, ended: [] }).type);
    expect(steps).toEqual(['iterate', 'stay', 'settle', 'fail']);
    const join = toDefinition(Join) as JoinDefinition;
    expect([join.join({}), join.combine({}, [])]).toEqual([{ mode: 'n', n: 2 }, 0]);
    const wait = toDefinition(Wait) as WaitDefinition;
    expect(wait.onEvent({}, { type: 'timer' }, { incoming: null, now: 0, random: 0 })).toMatchObject({
      type: 'settle',
    });
    expect(wait.descriptor).toMatchObject({ kind: 'wait', version: 2 });
  });

  it('keeps what an outline need not say', () => {
    @WorkflowNode({
      type: 'all',
      label: 'All',
      category: 'model',
      effects: 'read',
      ports: [],
      color: 'red',
      entry: 'trigger',
      terminal: true,
      textAt: '/text',
      streams: true,
      idempotent: true,
      canBeDisabled: false,
      deprecated: { successor: 'model' },
      config: GreetConfig,
    })
    class All extends GreetNode {}
    expect(toDefinition(All).descriptor).toMatchObject({
      color: 'red',
      entry: 'trigger',
      terminal: true,
      textAt: '/text',
      streams: true,
      idempotent: true,
      canBeDisabled: false,
      deprecated: { successor: 'model' },
    });
  });
});
