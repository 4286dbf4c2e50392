import {
  BaseWaitNode,
  Field,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Json,
  type JsonObject,
  type JsonValue,
  ListOf,
  Literal,
  Max,
  MaxLength,
  Min,
  MinLength,
  type WaitContext,
  type WaitEvent,
  type WaitFor,
  type WaitStep,
  WorkflowNode,
} from '@chatter/plugin-sdk';

const ON_EXPIRE = ['expired', 'approved', 'rejected'] as const;
const HUNDRED_YEARS_MS = 100 * 365.25 * 24 * 60 * 60 * 1_000;

export class ApprovalConfig {
  @IsString()
  @MinLength(1)
  @MaxLength(1_000)
  @Field({ label: 'Title', help: 'What is to be decided, in one line.' })
  title!: string;

  @IsOptional()
  @Json()
  @Field({ label: 'Show', help: 'What the decision is about. It is fixed when it is asked for.' })
  show?: JsonValue;

  @IsOptional()
  @IsArray()
  @ListOf('string')
  @Field({ label: 'Assignees', help: 'Who may decide, by id or e-mail. Empty: whoever has the right.', max: 100 })
  assignees?: string[];

  @IsOptional()
  @IsObject()
  @Json()
  @Field({ label: 'Fields', help: 'A JSON Schema of what is filled in with the decision.' })
  fields?: JsonObject;

  @IsOptional()
  @IsString()
  @Literal()
  @Field({ label: 'Guards', help: 'The node that may not run before, and only with the config that was approved.' })
  guards?: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100)
  @Field({ label: 'Quorum', help: 'How many have to approve. The first rejection rejects.', default: 1 })
  quorum?: number;

  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(HUNDRED_YEARS_MS)
  @Field({ label: 'Expires (ms)', help: 'After this time nobody can decide any more.' })
  expires_ms?: number;

  @IsOptional()
  @IsIn(ON_EXPIRE)
  @Field({ label: 'When it expires', help: 'What counts as decided then.', default: 'expired' })
  on_expire?: (typeof ON_EXPIRE)[number];
}

/** Asks people, and goes on by what they decide. Nothing is held in memory meanwhile. */
@WorkflowNode({
  type: 'approval',
  version: 1,
  label: 'Approval',
  description: 'Asks people to decide, and waits until they have.',
  category: 'human',
  icon: 'user-check',
  kind: 'wait',
  effects: 'wait',
  ports: ['approved', 'rejected', 'expired'],
  canBeDisabled: false,
  consent: { port: 'approved', unless: { at: '/on_expire', is: 'approved' } },
  config: ApprovalConfig,
})
export class ApprovalNode extends BaseWaitNode<ApprovalConfig> {
  begin({ title, show, assignees, fields, guards, quorum, expires_ms }: ApprovalConfig, { now }: WaitContext): WaitFor {
    return {
      approval: {
        assignees: assignees ?? [],
        fields: fields ?? null,
        guards: guards ?? null,
        quorum: quorum ?? 1,
        show: show ?? null,
        title,
      },
      ...(expires_ms !== undefined && { timer: { dueAt: now + Math.ceil(expires_ms) } }),
    };
  }

  onEvent({ on_expire: onExpire = 'expired' }: ApprovalConfig, event: WaitEvent): WaitStep {
    if (event.type === 'decision') {
      const { decision, by, comment, fields } = event;
      return { type: 'settle', port: decision, output: { decision, by: [...by], comment, fields } };
    }
    if (event.type !== 'timer') return { type: 'stay' };
    return { type: 'settle', port: onExpire, output: { decision: onExpire, by: [], comment: null, fields: {} } };
  }
}
