import { parse as parseCel, type ASTNode } from '@marcbachmann/cel-js';
import { ExpressionError } from './expression-error.js';
import { nodeIdHint } from './hints.js';
import { MAX_COMPREHENSION_NESTING, MAX_SOURCE_LENGTH, MAX_SYNTAX_DEPTH, MAX_SYNTAX_NODES } from './limits.js';
import { partsOf, type BinaryOperator, type Comprehension, type SyntaxNode } from './syntax-tree.js';

/** Reads a source within the bounds. Throws `expression_syntax` or `expression_too_large`. */
export function parseSyntax(source: string): SyntaxNode {
  if (source.length > MAX_SOURCE_LENGTH) {
    const message = `The expression has ${source.length} characters; ${MAX_SOURCE_LENGTH} are allowed. Split it over several nodes.`;
    throw new ExpressionError('expression_too_large', message, { source: source.slice(0, 200) });
  }
  const tree = new TreeReader(source).read();
  checkBounds(tree, source);
  return tree;
}

/** The parser library's errors, as far as they are told apart. */
interface ParseFailure {
  readonly code?: string;
  readonly summary?: string;
  readonly range?: { readonly start: number };
}

const tokenNames: Record<string, string> = {
  EOF: 'the end',
  IDENTIFIER: 'a name',
  NUMBER: 'a number',
  STRING: 'a string',
  RPAREN: "')'",
  RBRACKET: "']'",
  RBRACE: "'}'",
  COLON: "':'",
};

class TreeReader {
  constructor(private readonly source: string) {}

  read(): SyntaxNode {
    return this.node(this.parsed());
  }

  private parsed(): ASTNode {
    try {
      return parseCel(this.source).ast;
    } catch (error) {
      const { code, summary, range } = error as ParseFailure;
      if (code === undefined || code === 'limit_exceeded') {
        const message = `The expression is nested too deeply, or has too many parts (${MAX_SYNTAX_NODES} are allowed).`;
        throw new ExpressionError('expression_too_large', message, { source: this.source, position: range?.start });
      }
      const words = (summary ?? code).replace(/\b[A-Z]{3,}\b/g, (token) => tokenNames[token] ?? token.toLowerCase());
      return this.fail(`${words}.${nodeIdHint(this.source)}`, range?.start ?? 0);
    }
  }

  private fail(message: string, position: number): never {
    throw new ExpressionError('expression_syntax', message, { source: this.source, position });
  }

  private node(ast: ASTNode): SyntaxNode {
    const at = ast.start;
    switch (ast.op) {
      case 'value':
        return { op: 'literal', value: this.literal(ast.args, at), at };
      case 'id':
        return { op: 'name', name: ast.args, at };
      case '.':
        return { op: 'select', target: this.node(ast.args[0]), key: ast.args[1], at };
      case '[]':
        return { op: 'index', target: this.node(ast.args[0]), key: this.node(ast.args[1]), at };
      case 'call':
        return this.call(ast.args[0], ast.args[1], at);
      case 'rcall':
        return this.method(ast.args[0], ast.args[1], ast.args[2], at);
      case 'list':
        return { op: 'list', items: ast.args.map((item) => this.node(item)), at };
      case 'map':
        return { op: 'map', entries: ast.args.map(([key, value]) => [this.node(key), this.node(value)] as const), at };
      case '!_':
        return { op: 'not', operand: this.node(ast.args), at };
      case '-_':
        return { op: 'negate', operand: this.node(ast.args), at };
      case '&&':
        return { op: 'and', left: this.node(ast.args[0]), right: this.node(ast.args[1]), at };
      case '||':
        return { op: 'or', left: this.node(ast.args[0]), right: this.node(ast.args[1]), at };
      case '?:': {
        const [test, yes, no] = ast.args;
        return { op: 'choose', test: this.node(test), yes: this.node(yes), no: this.node(no), at };
      }
      case '.?':
      case '[?]':
        return this.fail(`Optional access is not part of the language: write default(…, …) or has(…).`, at);
      default:
        return this.binary(ast.op, ast.args, at);
    }
  }

  private binary(operator: BinaryOperator, [left, right]: readonly [ASTNode, ASTNode], at: number): SyntaxNode {
    return { op: 'binary', operator, left: this.node(left), right: this.node(right), at };
  }

  /** Rule: numbers are doubles, also where CEL's own literals are int and uint. */
  private literal(value: unknown, at: number): string | number | boolean | null {
    if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
      return value;
    if (value instanceof Uint8Array)
      return this.fail(`Bytes are not part of the language: write a string without the b.`, at);
    const number = Number(value); // a bigint, or the library's wrapper of an unsigned one
    if (Number.isSafeInteger(number)) return number;
    return this.fail(
      `${String(value)} is beyond the whole numbers that are exact (2^53 - 1): write it as a string.`,
      at,
    );
  }

  private call(name: string, args: readonly ASTNode[], at: number): SyntaxNode {
    if (name === 'has') return this.has(args, at);
    const parts = args.map((arg) => this.node(arg));
    if (name === 'default') return this.default(parts, at);
    if (isComprehension(name)) return this.fail(`${name} is called on a list or a map: items.${name}(x, …).`, at);
    return { op: 'call', name, args: parts, at };
  }

  private method(name: string, target: ASTNode, args: readonly ASTNode[], at: number): SyntaxNode {
    const over = this.node(target);
    if (isComprehension(name)) return this.comprehension(name, over, args, at);
    const parts = [over, ...args.map((arg) => this.node(arg))];
    return name === 'default' ? this.default(parts, at) : { op: 'call', name, args: parts, at };
  }

  private has(args: readonly ASTNode[], at: number): SyntaxNode {
    const path = args.length === 1 ? this.node(args[0]!) : null;
    if (path?.op === 'select' || path?.op === 'index') return { op: 'has', path, at };
    return this.fail(`has() takes one path: has(input.name).`, at);
  }

  private default([value, fallback, ...more]: readonly SyntaxNode[], at: number): SyntaxNode {
    if (value && fallback && more.length === 0) return { op: 'default', value, fallback, at };
    return this.fail(`default() takes a value and what stands in for it: default(input.name, 'nobody').`, at);
  }

  private comprehension(macro: Comprehension, over: SyntaxNode, args: readonly ASTNode[], at: number): SyntaxNode {
    const [variable, ...rest] = args.map((arg) => this.node(arg));
    const filtered = macro === 'map' && rest.length === 2;
    if (variable?.op !== 'name' || !(rest.length === 1 || filtered)) {
      return this.fail(`${macro} takes a name and an expression: items.${macro}(x, …).`, at);
    }
    const body = rest.at(-1)!;
    return { op: 'comprehension', macro, over, variable: variable.name, where: filtered ? rest[0]! : null, body, at };
  }
}

const comprehensions: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
const isComprehension = (name: string): name is Comprehension => comprehensions.has(name);

/**
 * 1. Every node counts.
 * 2. A left operand of an operator lies as deep as the operator: a long sum is long, not deep.
 * 3. What a comprehension goes over lies outside of it.
 */
function checkBounds(tree: SyntaxNode, source: string): void {
  let nodes = 0;
  const tooLarge = (message: string, position: number) =>
    new ExpressionError('expression_too_large', message, { source, position });

  const visit = (node: SyntaxNode, depth: number, nesting: number): void => {
    if (++nodes > MAX_SYNTAX_NODES) throw tooLarge(`The expression has more than ${MAX_SYNTAX_NODES} parts.`, node.at);
    if (depth > MAX_SYNTAX_DEPTH) throw tooLarge(`The expression is nested deeper than ${MAX_SYNTAX_DEPTH}.`, node.at);
    const inside = node.op === 'comprehension' ? nesting + 1 : nesting;
    if (inside > MAX_COMPREHENSION_NESTING) {
      throw tooLarge(
        `all, exists, map and filter nest ${MAX_COMPREHENSION_NESTING} deep at most: use a map or loop node.`,
        node.at,
      );
    }
    for (const part of partsOf(node)) {
      const outside = node.op === 'comprehension' && part === node.over;
      const chained = 'left' in node && part === node.left && part.op === node.op;
      visit(part, chained ? depth : depth + 1, outside ? nesting : inside);
    }
  };
  visit(tree, 1, 0);
}
