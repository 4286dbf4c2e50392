import {
  BaseWorkflowNode,
  type ConfigFinding,
  type HttpResponse,
  type JsonValue,
  type NodeContext,
  NodeFailure,
  type NodeResult,
  type ResolvedConfig,
  WorkflowNode,
} from '@chatter/plugin-sdk';
import { bodyOf } from './body.js';
import { excerptOf } from './excerpt.js';
import { isExpected, problemOfStatus, statusRulesOf } from './expect-status.js';
import { HttpRequestConfig } from './http-request.config.js';
import { READING, requestOf } from './request.js';
import { restAskedFor } from './retry-after.js';

/** How much of a refused answer is kept, in UTF-16 units. */
const EXCERPT = 2_000;

/** Statuses after which another attempt may end differently; so may each 5xx. */
const PASSING = [408, 425, 429];

/**
 * One request over HTTP.
 *
 * 1. A write carries the step's idempotency key, the same at each attempt.
 * 2. A status that was not expected is a failure `http_<status>`, and keeps what the target says about another attempt.
 * 3. What the network does (no answer, too large, not allowed) fails in the client, with codes of its own.
 */
@WorkflowNode({
  type: 'http_request',
  version: 1,
  label: 'HTTP request',
  description: 'Sends one request, and gives on its answer.',
  category: 'integration',
  icon: 'globe',
  effects: { by: '/method', read: ['GET', 'HEAD'], readIf: '/safe', else: 'write' },
  idempotent: true,
  ports: ['out'],
  config: HttpRequestConfig,
})
export class HttpRequestNode extends BaseWorkflowNode<HttpRequestConfig> {
  async execute({ config, http, clock, idempotencyKey }: NodeContext<HttpRequestConfig>): Promise<NodeResult> {
    const rules = statusRulesOf(config.expect_status);
    const request = requestOf(config, idempotencyKey);
    const response = await http.send(request);
    if (!isExpected(response.status, rules)) {
      throw unexpected(`${request.method} ${placeOf(request.url)}`, response, clock.now());
    }
    const { body, warnings } = bodyOf(response, config.response);
    const output = { status: response.status, headers: { ...response.headers }, body };
    return this.to('out', output, warnings.length > 0 ? { warnings } : {});
  }

  validate({ method = 'GET', body, expect_status: expected }: ResolvedConfig): ConfigFinding[] {
    const findings: ConfigFinding[] = [];
    if (typeof method === 'string' && READING.includes(method) && body !== undefined && body !== null) {
      findings.push({ path: '/body', message: `A ${method} request carries no body. Use POST, or put it into query.` });
    }
    const problem = expected === undefined || holdsExpression(expected) ? null : problemOfStatus(expected);
    return problem === null ? findings : [...findings, { path: '/expect_status', message: problem }];
  }
}

function unexpected(what: string, { status, headers, body }: HttpResponse, now: number): NodeFailure {
  const retryable = PASSING.includes(status) || status >= 500;
  const rest = retryable ? restAskedFor(headers['retry-after'], now) : undefined;
  const hint = status >= 300 && status < 400 ? ' Set follow_redirects, or ask there yourself.' : '';
  return new NodeFailure({
    code: `http_${status}`,
    message: `${what} answered ${status}.${hint}`,
    retryable,
    ...(rest === undefined ? {} : { retryAfterMs: rest }),
    details: { status, body: excerptOf(body, EXCERPT) },
  });
}

/** A URL as a message may name it: what follows the path can be nobody else's business. */
function placeOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

const holdsExpression = (value: JsonValue): boolean => JSON.stringify(value).includes('{{');
