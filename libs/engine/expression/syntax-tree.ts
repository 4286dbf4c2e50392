/** Operators with two operands that are both evaluated. */
export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in';

export type Comprehension = 'all' | 'exists' | 'exists_one' | 'map' | 'filter';

interface Placed {
  /** First character in the source, from 0. */
  readonly at: number;
}

export interface NameNode extends Placed {
  readonly op: 'name';
  readonly name: string;
}

/** `target.key`. */
export interface SelectNode extends Placed {
  readonly op: 'select';
  readonly target: SyntaxNode;
  readonly key: string;
}

/** `target[key]`. */
export interface IndexNode extends Placed {
  readonly op: 'index';
  readonly target: SyntaxNode;
  readonly key: SyntaxNode;
}

export interface CallNode extends Placed {
  readonly op: 'call';
  readonly name: string;
  /** A method's receiver comes first. */
  readonly args: readonly SyntaxNode[];
}

export interface ComprehensionNode extends Placed {
  readonly op: 'comprehension';
  readonly macro: Comprehension;
  readonly over: SyntaxNode;
  readonly variable: string;
  /** Only of `map` with three arguments: which items are mapped. */
  readonly where: SyntaxNode | null;
  readonly body: SyntaxNode;
}

/** An expression, read. The parser's own tree is turned into this one, and nothing behind it sees the parser. */
export type SyntaxNode =
  | (Placed & { readonly op: 'literal'; readonly value: string | number | boolean | null })
  | NameNode
  | SelectNode
  | IndexNode
  | CallNode
  | ComprehensionNode
  | (Placed & { readonly op: 'list'; readonly items: readonly SyntaxNode[] })
  | (Placed & { readonly op: 'map'; readonly entries: readonly (readonly [SyntaxNode, SyntaxNode])[] })
  | (Placed & { readonly op: 'not' | 'negate'; readonly operand: SyntaxNode })
  | (Placed & { readonly op: 'and' | 'or'; readonly left: SyntaxNode; readonly right: SyntaxNode })
  | (Placed & {
      readonly op: 'binary';
      readonly operator: BinaryOperator;
      readonly left: SyntaxNode;
      readonly right: SyntaxNode;
    })
  | (Placed & { readonly op: 'choose'; readonly test: SyntaxNode; readonly yes: SyntaxNode; readonly no: SyntaxNode })
  | (Placed & { readonly op: 'has'; readonly path: SelectNode | IndexNode })
  | (Placed & { readonly op: 'default'; readonly value: SyntaxNode; readonly fallback: SyntaxNode });

/** The parts of a node, in the order they are written. */
export function partsOf(node: SyntaxNode): readonly SyntaxNode[] {
  switch (node.op) {
    case 'literal':
    case 'name':
      return [];
    case 'select':
      return [node.target];
    case 'index':
      return [node.target, node.key];
    case 'call':
      return node.args;
    case 'comprehension':
      return node.where ? [node.over, node.where, node.body] : [node.over, node.body];
    case 'list':
      return node.items;
    case 'map':
      return node.entries.flat();
    case 'not':
    case 'negate':
      return [node.operand];
    case 'and':
    case 'or':
    case 'binary':
      return [node.left, node.right];
    case 'choose':
      return [node.test, node.yes, node.no];
    case 'has':
      return [node.path];
    case 'default':
      return [node.value, node.fallback];
  }
}
