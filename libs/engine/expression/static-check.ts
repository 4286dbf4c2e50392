import { CompiledExpression, type Expression } from './expression.js';
import { functions, wrongKind } from './functions/index.js';
import { nodeIdHint } from './hints.js';
import type { Reference } from './references.js';
import type { BinaryOperator, SyntaxNode } from './syntax-tree.js';
import type { Kind } from './value.js';

/** What is known before anything runs. */
export interface StaticTypes {
  /** The names there can be at this place. Default: any. */
  readonly roots?: Iterable<string>;
  /** What is wrong with a reference (a node id that is not there), in words; null or undefined if nothing is known against it. */
  readonly problem?: (reference: Reference) => string | null | undefined;
  /** The expression is a condition, so that it has to give a bool. Default: false. */
  readonly condition?: boolean;
}

export interface StaticIssue {
  /** `reference`: what it names is not there; `type`: it fails, whatever the data. */
  readonly kind: 'reference' | 'type';
  readonly message: string;
  /** Character in the source, from 0. */
  readonly position: number;
}

/** What is surely wrong with an expression. What depends on the data is not looked at: no finding is a false alarm. */
export function checkTypes(expression: Expression, types: StaticTypes): readonly StaticIssue[] {
  if (!(expression instanceof CompiledExpression)) return [];
  const check = new TypeCheck();
  const kind = check.kindOf(expression.tree);
  if (types.condition && kind !== 'any' && kind !== 'bool') {
    check.report(`A condition is true or false; this gives a ${kind}.`, expression.tree.at);
  }
  return [...referenceIssues(expression, types), ...check.issues];
}

function referenceIssues({ references, source }: Expression, { roots, problem }: StaticTypes): readonly StaticIssue[] {
  const known = roots && new Set(roots);
  return references.flatMap((reference) => {
    const { root, position } = reference;
    const unknown = known && !known.has(root);
    const message = unknown
      ? `There is nothing named "${root}". There is ${[...known].join(', ')}.`
      : problem?.(reference);
    return message ? [{ kind: 'reference' as const, message: message + nodeIdHint(source), position }] : [];
  });
}

type Known = Kind | 'any';

const ordered: ReadonlySet<Known> = new Set(['double', 'string', 'bool', 'timestamp', 'duration', 'any']);
const sums: Readonly<Record<string, Known>> = {
  'double double': 'double',
  'string string': 'string',
  'list list': 'list',
  'timestamp duration': 'timestamp',
  'duration timestamp': 'timestamp',
  'duration duration': 'duration',
};
const differences: Readonly<Record<string, Known>> = {
  'double double': 'double',
  'timestamp timestamp': 'duration',
  'timestamp duration': 'timestamp',
  'duration duration': 'duration',
};
const products: Readonly<Record<string, Known>> = { 'double double': 'double' };
const arithmetic: Partial<Record<BinaryOperator, Readonly<Record<string, Known>>>> = {
  '+': sums,
  '-': differences,
  '*': products,
  '/': products,
  '%': products,
};

/** Gives each part its kind as far as it is sure; `any` where it depends on the data. */
class TypeCheck {
  readonly issues: StaticIssue[] = [];

  report(message: string, position: number): void {
    this.issues.push({ kind: 'type', message, position });
  }

  kindOf(node: SyntaxNode): Known {
    switch (node.op) {
      case 'literal':
        return node.value === null
          ? 'null_type'
          : typeof node.value === 'number'
            ? 'double'
            : typeof node.value === 'string'
              ? 'string'
              : 'bool';
      case 'name':
        return 'any';
      case 'select':
        return this.selected(node.target, node.at);
      case 'index':
        this.kindOf(node.key);
        return this.selected(node.target, node.at);
      case 'call':
        return this.called(node);
      case 'comprehension':
        return this.comprehension(node);
      case 'list':
        node.items.forEach((item) => this.kindOf(item));
        return 'list';
      case 'map':
        for (const [key, value] of node.entries) {
          this.wants('string', key, 'A key of a map');
          this.kindOf(value);
        }
        return 'map';
      case 'not':
        this.wants('bool', node.operand, "What '!' takes");
        return 'bool';
      case 'negate':
        this.wants('double', node.operand, "What '-' takes");
        return 'double';
      case 'and':
      case 'or':
        this.wants('bool', node.left, `What '${node.op === 'and' ? '&&' : '||'}' takes`);
        this.wants('bool', node.right, `What '${node.op === 'and' ? '&&' : '||'}' takes`);
        return 'bool';
      case 'binary':
        return this.binary(node.operator, node.left, node.right, node.at);
      case 'choose':
        return this.chosen(node);
      case 'has':
        return 'bool';
      case 'default':
        return this.either(this.kindOf(node.value), this.kindOf(node.fallback));
    }
  }

  private wants(wanted: Kind, node: SyntaxNode, what: string): void {
    const kind = this.kindOf(node);
    if (kind !== 'any' && kind !== wanted) this.report(`${what} is a ${wanted}; this is a ${kind}.`, node.at);
  }

  private selected(target: SyntaxNode, at: number): Known {
    const kind = this.kindOf(target);
    if (kind !== 'any' && kind !== 'map' && kind !== 'list') this.report(`A ${kind} has no keys.`, at);
    return 'any';
  }

  private called(node: SyntaxNode & { op: 'call' }): Known {
    const { takes, gives } = functions.get(node.name)!;
    node.args.forEach((arg, index) => {
      const kind = this.kindOf(arg);
      const { kinds } = takes[index]!;
      if (kind === 'any' || kinds[0] === 'any' || kinds.includes(kind)) return;
      this.report(wrongKind(node.name, kinds, `a ${kind}`, index), arg.at);
    });
    return gives;
  }

  private comprehension(node: SyntaxNode & { op: 'comprehension' }): Known {
    const over = this.kindOf(node.over);
    if (over !== 'any' && over !== 'list' && over !== 'map')
      this.report(`${node.macro}() goes over a list or a map; this is a ${over}.`, node.over.at);
    if (node.where) this.wants('bool', node.where, `The condition of ${node.macro}()`);
    if (node.macro === 'map') {
      this.kindOf(node.body);
      return 'list';
    }
    this.wants('bool', node.body, `The condition of ${node.macro}()`);
    return node.macro === 'filter' ? 'list' : 'bool';
  }

  private binary(operator: BinaryOperator, left: SyntaxNode, right: SyntaxNode, at: number): Known {
    const first = this.kindOf(left);
    const second = this.kindOf(right);
    const table = arithmetic[operator];
    if (table) return this.computed(operator, table, first, second, at);
    if (operator === 'in' && second !== 'any' && second !== 'list' && second !== 'map') {
      this.report(`'in' looks in a list or in the keys of a map; this is a ${second}.`, right.at);
    }
    const compared = operator !== 'in' && operator !== '==' && operator !== '!=';
    const fit = ordered.has(first) && ordered.has(second) && (first === second || first === 'any' || second === 'any');
    if (compared && !fit) this.report(`'${operator}' cannot take a ${first} and a ${second}.`, at);
    return 'bool';
  }

  private computed(
    operator: string,
    table: Readonly<Record<string, Known>>,
    first: Known,
    second: Known,
    at: number,
  ): Known {
    const possible = Object.keys(table).filter((pair) => {
      const [left, right] = pair.split(' ');
      return (first === 'any' || first === left) && (second === 'any' || second === right);
    });
    if (possible.length === 0)
      this.report(`'${operator}' cannot take a ${first} and a ${second}: write string(x) or int(x).`, at);
    return possible.length === 1 ? table[possible[0]!]! : 'any';
  }

  private chosen(node: SyntaxNode & { op: 'choose' }): Known {
    this.wants('bool', node.test, "What '?' takes");
    return this.either(this.kindOf(node.yes), this.kindOf(node.no));
  }

  private either(one: Known, other: Known): Known {
    return one === other ? one : 'any';
  }
}
