import { compileComprehension } from './comprehension.js';
import type { Evaluation } from './evaluation.js';
import { ExpressionError } from './expression-error.js';
import { checkArguments, countProblem, functions } from './functions/index.js';
import { functionHint } from './hints.js';
import { operations } from './operators.js';
import { compileLookup, compilePath } from './path.js';
import { isProblem, pattern } from './pattern.js';
import type { Compile, Run, Scope } from './run.js';
import type { CallNode, NameNode, SyntaxNode } from './syntax-tree.js';
import { isTypeName, typeNamed } from './type-names.js';
import { described, isHostKey, kindOf, type Value } from './value.js';

/** Makes a function of a tree: compiled once, evaluated often. Throws `expression_syntax` for what can never be evaluated. */
export function compileTree(tree: SyntaxNode, source: string): Run {
  const compile: Compile = (node, scope) => compileNode(node, scope, compile, source);
  return compile(tree, new Map());
}

function compileNode(node: SyntaxNode, scope: Scope, compile: Compile, source: string): Run {
  const { at } = node;
  switch (node.op) {
    case 'literal': {
      const { value } = node;
      return () => value;
    }
    case 'name':
      return compileName(node, scope);
    case 'select':
    case 'index':
      return compilePath(node, scope, compile);
    case 'call':
      return compileCall(node, scope, compile, source);
    case 'comprehension':
      return compileComprehension(node, scope, compile);
    case 'list':
      return compileList(
        node.items.map((item) => compile(item, scope)),
        at,
      );
    case 'map':
      return compileMap(
        node.entries.map(([key, value]) => [compile(key, scope), compile(value, scope)] as const),
        at,
      );
    case 'not':
      return compileNot(compile(node.operand, scope), at);
    case 'negate':
      return compileNegate(compile(node.operand, scope), at);
    case 'and':
      return compileLogic(false, compile(node.left, scope), compile(node.right, scope), at);
    case 'or':
      return compileLogic(true, compile(node.left, scope), compile(node.right, scope), at);
    case 'binary':
      return compileBinary(node, compile(node.left, scope), compile(node.right, scope));
    case 'choose':
      return compileChoice(compile(node.test, scope), compile(node.yes, scope), compile(node.no, scope), at);
    case 'has': {
      const lookup = compileLookup(node.path, scope, compile);
      return (run) => lookup(run) !== undefined;
    }
    case 'default':
      return compileDefault(compileLookup(node.value, scope, compile), compile(node.fallback, scope), at);
  }
}

function compileName({ name, at }: NameNode, scope: Scope): Run {
  const slot = scope.get(name);
  if (slot !== undefined) return (run) => run.variables[slot]!;
  if (isTypeName(name)) return () => typeNamed(name);
  return (run) => {
    run.spend(1);
    run.at = at;
    const value = isHostKey(name) ? undefined : run.names(name);
    if (value === undefined) return run.missing(`There is nothing named "${name}" here.`);
    return kindOf(value) === null ? run.fail(`"${name}" is no data.`) : (value as Value);
  };
}

function compileList(items: readonly Run[], at: number): Run {
  return (run) => {
    run.at = at;
    run.allowList(items.length);
    return items.map((item) => item(run));
  };
}

function compileMap(entries: readonly (readonly [Run, Run])[], at: number): Run {
  return (run) => {
    run.spend(1 + entries.length);
    const map = run.newMap();
    for (const [keyOf, valueOf] of entries) {
      const key = keyOf(run);
      const value = valueOf(run);
      run.at = at;
      if (typeof key !== 'string') return run.fail(`The keys of a map are strings; this is ${described(key)}.`);
      run.spendOnText(key.length);
      if (Object.hasOwn(map, key)) return run.fail(`The key "${key.slice(0, 64)}" stands in the map twice.`);
      run.put(map, key, value);
    }
    return map;
  };
}

function compileNot(operand: Run, at: number): Run {
  return (run) => {
    const value = operand(run);
    run.spend(1);
    run.at = at;
    return typeof value === 'boolean' ? !value : run.fail(`'!' takes a bool; this is ${described(value)}.`);
  };
}

function compileNegate(operand: Run, at: number): Run {
  return (run) => {
    const value = operand(run);
    run.spend(1);
    run.at = at;
    return typeof value === 'number'
      ? run.number(-value)
      : run.fail(`'-' takes a double; this is ${described(value)}.`);
  };
}

function compileBinary(
  { operator, at }: { operator: keyof typeof operations; at: number },
  left: Run,
  right: Run,
): Run {
  const operation = operations[operator];
  return (run) => {
    const first = left(run);
    const second = right(run);
    run.spend(1);
    run.at = at;
    return operation(run, first, second);
  };
}

function compileChoice(test: Run, yes: Run, no: Run, at: number): Run {
  return (run) => {
    const chosen = test(run);
    run.spend(1);
    run.at = at;
    if (typeof chosen !== 'boolean') return run.fail(`'?' takes a bool; this is ${described(chosen)}.`);
    return chosen ? yes(run) : no(run);
  };
}

/**
 * `&&` and `||`, as CEL has them: the side that decides wins over a failure of the other, whichever comes first.
 * `decisive` is the value that decides: false for `&&`, true for `||`.
 */
function compileLogic(decisive: boolean, left: Run, right: Run, at: number): Run {
  const name = decisive ? '||' : '&&';
  const operand = (side: Run, run: Evaluation): boolean => {
    const value = side(run);
    run.at = at;
    return typeof value === 'boolean' ? value : run.fail(`'${name}' takes bools; this is ${described(value)}.`);
  };
  return (run) => {
    run.spend(1);
    try {
      if (operand(left, run) === decisive) return decisive;
    } catch (fault) {
      const failure = run.absorb(fault);
      if (operand(right, run) === decisive) return decisive;
      throw failure;
    }
    return operand(right, run);
  };
}

/** Stands in for what is missing or null, and for a failure that something was missing. */
function compileDefault(lookup: (run: Evaluation) => Value | undefined, fallback: Run, at: number): Run {
  return (run) => {
    run.spend(1);
    try {
      const value = lookup(run);
      if (value !== undefined && value !== null) return value;
    } catch (fault) {
      if (!run.absorb(fault).missing) throw fault;
    }
    run.at = at;
    return fallback(run);
  };
}

function compileCall({ name, args, at }: CallNode, scope: Scope, compile: Compile, source: string): Run {
  const called = functions.get(name);
  const problem = called
    ? countProblem(name, called, args.length)
    : `There is no function ${name}().${functionHint(name, functions.keys())}`;
  if (!called || problem !== null) throw new ExpressionError('expression_syntax', problem!, { source, position: at });
  if (name === 'matches') checkPattern(args[1]!, source);

  const parts = args.map((arg) => compile(arg, scope));
  return (run) => {
    const values = parts.map((part) => part(run));
    run.spend(1 + values.length);
    run.at = at;
    checkArguments(run, name, called, values);
    return called.apply(run, ...values);
  };
}

/** A pattern that stands in the expression is checked before it is ever used. */
function checkPattern(node: SyntaxNode, source: string): void {
  if (node.op !== 'literal' || typeof node.value !== 'string') return;
  const found = pattern(node.value);
  if (!isProblem(found)) return;
  throw new ExpressionError(found.tooLarge ? 'expression_too_large' : 'expression_syntax', found.message, {
    source,
    position: node.at,
  });
}
