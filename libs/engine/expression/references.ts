import { isTypeName } from './type-names.js';
import { partsOf, type SyntaxNode } from './syntax-tree.js';

/** What an expression reads. `nodes['fetch-1'].output` → root `nodes`, path `fetch-1`, `output`. */
export interface Reference {
  readonly root: string;
  /** The steps that are written out; it ends before the first that is computed. */
  readonly path: readonly string[];
  /** Within `default()` or `has()`: it may be missing. */
  readonly guarded: boolean;
  /** Character in the source, from 0. */
  readonly position: number;
}

/** Everything an expression reads, in the order it is written; variables of comprehensions excepted. */
export function referencesOf(tree: SyntaxNode): readonly Reference[] {
  const found: Reference[] = [];
  collect(tree, new Set(), false, found);
  return found;
}

function collect(node: SyntaxNode, variables: ReadonlySet<string>, guarded: boolean, found: Reference[]): void {
  const path = pathOf(node);
  if (path) {
    if (!variables.has(path.root) && !isTypeName(path.root))
      found.push({ root: path.root, path: path.path, guarded, position: path.position });
    for (const key of path.computed) collect(key, variables, guarded, found);
    return;
  }
  switch (node.op) {
    case 'comprehension': {
      collect(node.over, variables, guarded, found);
      const inner = new Set(variables).add(node.variable);
      for (const part of partsOf(node).slice(1)) collect(part, inner, guarded, found);
      return;
    }
    case 'has':
      return collect(node.path, variables, true, found);
    case 'default':
      collect(node.value, variables, true, found);
      return collect(node.fallback, variables, guarded, found);
    default:
      for (const part of partsOf(node)) collect(part, variables, guarded, found);
  }
}

interface WrittenPath {
  readonly root: string;
  readonly path: readonly string[];
  readonly position: number;
  /** Keys that are expressions themselves. */
  readonly computed: readonly SyntaxNode[];
}

/** A chain of selects and indexes that begins at a name. */
function pathOf(node: SyntaxNode): WrittenPath | null {
  const steps: (string | SyntaxNode)[] = [];
  let at = node;
  while (at.op === 'select' || at.op === 'index') {
    steps.unshift(stepOf(at));
    at = at.target;
  }
  if (at.op !== 'name') return null;
  const firstComputed = steps.findIndex((step) => typeof step !== 'string');
  const written = firstComputed === -1 ? steps : steps.slice(0, firstComputed);
  const computed = steps.filter((step) => typeof step !== 'string');
  return { root: at.name, path: written as string[], position: at.at, computed };
}

function stepOf(node: SyntaxNode & { op: 'select' | 'index' }): string | SyntaxNode {
  if (node.op === 'select') return node.key;
  return node.key.op === 'literal' && typeof node.key.value === 'string' ? node.key.value : node.key;
}
