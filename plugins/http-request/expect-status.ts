import { type JsonValue, NodeFailure } from '@chatter/plugin-sdk';

/** A status, or with `xx` its class, as text: `204`, `2xx`. */
type StatusRule = string;

const RULE = /^[1-5](\d\d|xx)$/;

/** Reads 204, "204", "2xx" or a list of them. Throws `invalid_config` for anything else. */
export function statusRulesOf(expected: JsonValue): readonly StatusRule[] {
  const problem = problemOfStatus(expected);
  if (problem !== null) throw new NodeFailure({ code: 'invalid_config', message: problem });
  return listed(expected).map(String);
}

/** What is wrong with it, for the person who wrote it; null for nothing. */
export function problemOfStatus(expected: JsonValue): string | null {
  const rules = listed(expected);
  const wrong = rules.length === 0 ? expected : rules.find((rule) => !isRule(rule));
  if (wrong === undefined) return null;
  return `expect_status is ${JSON.stringify(wrong)}. Write a status (204), a class ("2xx"), or a list of them.`;
}

export function isExpected(status: number, rules: readonly StatusRule[]): boolean {
  return rules.some((rule) => rule === String(status) || rule === `${Math.floor(status / 100)}xx`);
}

const listed = (expected: JsonValue): readonly JsonValue[] =>
  Array.isArray(expected) ? (expected as readonly JsonValue[]) : [expected];

const isRule = (rule: JsonValue): boolean =>
  (typeof rule === 'number' || typeof rule === 'string') && RULE.test(String(rule));
