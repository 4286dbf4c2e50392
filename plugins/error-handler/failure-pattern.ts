/** Whether a failure's code is one of those listed. No list: every code is. `http_5*` is every code that begins so. */
export function matches(patterns: readonly string[] | undefined, code: string): boolean {
  if (patterns === undefined) return true;
  return patterns.some((pattern) => (pattern.endsWith('*') ? code.startsWith(pattern.slice(0, -1)) : code === pattern));
}
