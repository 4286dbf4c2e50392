import type { Path } from './execution.events.js';

/** The instance of the graph itself, outside every scope. */
export const ROOT = '';

export const stepPath = (instance: Path, nodeId: string): Path =>
  instance === ROOT ? nodeId : `${instance}/${nodeId}`;

export const iterationPath = (scopeStep: Path, index: number): Path => `${scopeStep}[${index}]`;

/** `each[3]/ask` → `each[3]`, `ask` → the root. */
export const instanceOf = (step: Path): Path => step.slice(0, Math.max(0, step.lastIndexOf('/')));

export const nodeIdOf = (step: Path): string => step.slice(step.lastIndexOf('/') + 1);

/** `outer[0]/each[3]` → the scope's step `outer[0]/each`, index 3. */
export function scopeStepOf(iteration: Path): { readonly step: Path; readonly index: number } {
  const bracket = iteration.lastIndexOf('[');
  return { step: iteration.slice(0, bracket), index: Number(iteration.slice(bracket + 1, -1)) };
}

/** Whether a step or an iteration lies inside this iteration. */
export const isWithin = (iteration: Path, path: Path): boolean => path.startsWith(`${iteration}/`);
