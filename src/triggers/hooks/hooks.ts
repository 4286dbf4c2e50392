import { hash } from 'node:crypto';
import type { JsonObject, JsonValue } from '#plugin-sdk';
import type { BeginOptions, ExecutionRequest, Run } from '#runtime';
import { Problem } from '../../http/problem.js';
import type { LiveTrigger, LiveTriggers, TriggerLog } from '../live-triggers.js';
import type { SecretValues } from '../secret-values.js';
import type { Webhook } from '../trigger.js';
import { deliveryIdIn, HookRate, SignedDeliveries } from './deliveries.js';
import { mustFit, readHookBody } from './hook-body.js';
import { verified } from './verification.js';

/** A request to an address below `/hooks`. */
export interface Delivery {
  readonly tenant: string;
  /** Without a slash before it. */
  readonly path: string;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: JsonObject;
  /** As it came over the wire. */
  readonly raw: Buffer;
}

export interface HookParts {
  readonly live: LiveTriggers;
  readonly secrets: SecretValues;
  readonly begin: (request: ExecutionRequest, options: BeginOptions) => Promise<Run>;
  /** Whether the owner of a definition may still run it. */
  readonly mayRun: (owner: string, tenant: string) => boolean;
  /** Everything that is live is known. */
  readonly isWhole: () => boolean;
  readonly now: () => number;
  readonly log: TriggerLog;
}

export interface Received {
  readonly run: Run;
  readonly respond: Webhook['respond'];
}

/** Never given on to a workflow, and so never stored. */
const credentials = ['authorization', 'proxy-authorization', 'cookie', 'x-api-key', 'x-webhook-secret'];

/**
 * What becomes of a request to a webhook.
 *
 * 1. An address where nothing is live says nothing more, whatever the reason.
 * 2. Nothing is read of a body, and nothing counted, before it is known to come from who it should.
 * 3. A delivery that comes again, by its id, finds the execution that it has begun.
 * 4. The execution is its definition's owner's: who sends has no rights, and gives nothing but input.
 */
export class Hooks {
  private readonly rate = new HookRate();
  private readonly signed = new SignedDeliveries();

  constructor(private readonly parts: HookParts) {
    parts.live.listen((definitionId, live) => void (live ?? this.rate.forget(definitionId)));
  }

  async receive(delivery: Delivery): Promise<Received> {
    const hook = this.parts.live.hookAt(delivery.tenant, delivery.path);
    if (!hook && !this.parts.isWhole()) {
      throw new Problem('lists_behind', 'What is active is still being looked up. Try again in a moment.');
    }
    if (!hook || !this.parts.mayRun(hook.owner, hook.tenant)) {
      throw new Problem('not_found', 'There is nothing at this address.'); // rule 1
    }
    const { trigger, definitionId } = hook;
    if (!trigger.methods.includes(delivery.method)) {
      const methods = trigger.methods.join(' and ');
      throw new Problem('method_not_allowed', `${delivery.method} is not possible here, ${methods} is.`);
    }
    const signature = await this.verify(hook, delivery); // rule 2
    this.rate.take(definitionId, this.parts.now());
    const { body, warnings } = readHookBody(delivery.raw);
    mustFit(body, trigger.bodySchema);
    const id = this.deliveryId(hook, delivery, signature);
    const run = await this.parts.begin(
      { workflow_type: 'definition', definition_id: definitionId, input_data: inputOf(delivery, trigger, body) },
      {
        caller: { sub: hook.owner, tenant: hook.tenant, via: 'webhook' }, // rule 4
        requestDigest: digestOf(delivery),
        warnings,
        ...(id !== null && { idempotencyKey: `hook ${definitionId} ${id}` }), // rule 3; no header holds a space
      },
    );
    await run.accepted();
    return { run, respond: trigger.respond };
  }

  /** The signature, where it tells this delivery from every other. */
  private async verify({ tenant, definitionId, trigger }: LiveTrigger<Webhook>, delivery: Delivery) {
    const { verify } = trigger;
    const secret = verify.by === 'nothing' ? null : await this.parts.secrets.find(tenant, verify.secret);
    if (verify.by !== 'nothing' && secret === null) {
      const facts = { definition_id: definitionId, secret: verify.secret };
      this.parts.log.warn(facts, 'A webhook names a secret that is not there: every request to it is refused');
    }
    const answer = verified(verify, delivery, secret, this.parts.now());
    if (!answer.ok) throw new Problem('hook_unverified', 'The request does not show that it comes from who it should.');
    return answer.signature;
  }

  private deliveryId({ definitionId, trigger }: LiveTrigger<Webhook>, { headers }: Delivery, signature: string | null) {
    const id = deliveryIdIn(headers, trigger.deliveryHeader);
    return signature === null ? id : this.signed.idOf(`${definitionId} ${signature}`, id, this.parts.now());
  }
}

function inputOf({ method, headers, query }: Delivery, { verify }: Webhook, body: JsonValue): JsonObject {
  const dropped = verify.by === 'nothing' ? credentials : [...credentials, verify.header];
  const shown = Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.includes(name)));
  return { method, headers: shown, query, body };
}

const digestOf = ({ method, query, raw }: Delivery): string =>
  hash('sha256', `${method}\n${JSON.stringify(query)}\n${hash('sha256', raw, 'hex')}`, 'hex');
