import type { JsonValue } from '#plugin-sdk';
import { braced } from './braces.js';
import { compileTree } from './compiler.js';
import { Evaluation, type Names } from './evaluation.js';
import { ExpressionError } from './expression-error.js';
import { Fault } from './fault.js';
import { celForOldCondition, nodeIdHint } from './hints.js';
import { LeastRecentlyUsed } from './least-recently-used.js';
import { leaving } from './leaving.js';
import { MAX_CACHED_EXPRESSIONS } from './limits.js';
import { parseSyntax } from './parser.js';
import { referencesOf, type Reference } from './references.js';
import type { Run } from './run.js';
import type { SyntaxNode } from './syntax-tree.js';
import { described, type Value } from './value.js';

/** One expression, compiled. It has no state: one object serves every evaluation. */
export interface Expression {
  /** As written, without braces. */
  readonly source: string;
  readonly references: readonly Reference[];
  /**
   * The value, as plain JSON; what came in as data may go out as the same object.
   * Throws an `ExpressionError`: `expression_failed`, `expression_too_large`, `expression_too_costly`.
   */
  evaluate(names: Names): JsonValue;
}

export interface Condition extends Expression {
  /** Does it hold? Throws as `evaluate` does, and `condition_not_boolean` for any value but true and false. */
  test(names: Names): boolean;
}

/** The compiled form, with what the templates and the static check need besides. */
export class CompiledExpression implements Condition {
  readonly references: readonly Reference[];
  private readonly run: Run;

  constructor(
    readonly source: string,
    readonly tree: SyntaxNode,
  ) {
    this.run = compileTree(tree, source);
    this.references = referencesOf(tree);
  }

  evaluate(names: Names): JsonValue {
    return this.evaluateIn(new Evaluation(names), leaving);
  }

  test(names: Names): boolean {
    return this.testIn(new Evaluation(names));
  }

  testIn(run: Evaluation): boolean {
    const value = this.evaluateIn(run, leaving);
    if (typeof value === 'boolean') return value;
    const message = `A condition is true or false; this one gives ${described(value)}. Write a comparison: ${this.source.slice(0, 64)} != ….`;
    throw new ExpressionError('condition_not_boolean', message, { source: this.source, position: 0 });
  }

  /** Evaluates within what an evaluation has left to spend, and gives the value as `leave` writes it. */
  evaluateIn<T>(run: Evaluation, leave: (run: Evaluation, value: Value) => T): T {
    try {
      return leave(run, this.run(run));
    } catch (fault) {
      throw this.errorOf(fault);
    }
  }

  private errorOf(fault: unknown): unknown {
    if (!(fault instanceof Fault)) return fault;
    const hint = fault.code === 'expression_failed' ? nodeIdHint(this.source) : '';
    return new ExpressionError(fault.code, fault.message + hint, { source: this.source, position: fault.at });
  }
}

const kept = new LeastRecentlyUsed<CompiledExpression>(MAX_CACHED_EXPRESSIONS);

export const compiled = (source: string): CompiledExpression =>
  kept.get(source, () => new CompiledExpression(source, parseSyntax(source)));

/**
 * Parses one expression, without braces. The last 500 are kept.
 * Throws an `ExpressionError`: `expression_syntax`, `expression_too_large`.
 */
export function parseExpression(source: string): Expression {
  return compiled(source);
}

/**
 * Parses a condition: one expression, with or without `{{ }}` around it. A condition in the old system's grammar is
 * `expression_syntax`, with the CEL for it in the message.
 */
export function parseCondition(source: string): Condition {
  return compiledCondition(source);
}

export function compiledCondition(source: string): CompiledExpression {
  const inner = (braced(source) ?? source).trim();
  const cel = celForOldCondition(inner);
  if (cel !== null) {
    throw new ExpressionError('expression_syntax', `This is the old grammar of conditions. In CEL: ${cel}`, {
      source: inner,
      position: 0,
    });
  }
  if (inner.includes('{{')) {
    const message = 'A condition is one expression: write it without braces, or with one pair around all of it.';
    throw new ExpressionError('expression_syntax', message, { source: inner, position: inner.indexOf('{{') });
  }
  return compiled(inner);
}
