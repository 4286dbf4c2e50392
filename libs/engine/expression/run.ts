import type { Evaluation } from './evaluation.js';
import type { SyntaxNode } from './syntax-tree.js';
import type { Value } from './value.js';

/** A part of an expression, compiled. */
export type Run = (run: Evaluation) => Value;

/** Variables of the comprehensions around a part, each with its place among the evaluation's variables. */
export type Scope = ReadonlyMap<string, number>;

export type Compile = (node: SyntaxNode, scope: Scope) => Run;
