const counted = /^\{(\d+)(?:,(\d*))?\}/;

/**
 * How many steps a pattern has when its repetitions are written out: an upper estimate, without compiling it.
 *
 * 1. A character, an escape or a class is one step.
 * 2. A group is the sum of what is in it.
 * 3. `{n,m}` repeats the step or group before it.
 */
export function patternSize(source: string): number {
  const groups: number[] = [];
  let inGroup = 0;
  let last = 0;
  const step = (size: number) => {
    inGroup += last;
    last = size;
  };

  for (let at = 0; at < source.length;) {
    const char = source[at]!;
    const repeat = char === '{' ? counted.exec(source.slice(at)) : null;
    if (repeat) {
      last *= Math.max(1, Number(repeat[1]), Number(repeat[2] || 0));
      at += repeat[0].length;
    } else if (char === '(') {
      groups.push(inGroup + last);
      inGroup = last = 0;
      at++;
    } else if (char === ')') {
      const size = inGroup + last + 2;
      inGroup = groups.pop() ?? 0;
      last = size;
      at++;
    } else {
      step(1);
      at = char === '[' ? endOfClass(source, at) : at + (char === '\\' ? 2 : 1);
    }
  }
  return groups.reduce((sum, size) => sum + size, inGroup + last);
}

function endOfClass(source: string, start: number): number {
  let at = start + (source[start + 1] === '^' ? 2 : 1);
  if (source[at] === ']') at++;
  while (at < source.length && source[at] !== ']') {
    const named = source.startsWith('[:', at) ? source.indexOf(':]', at) : -1;
    if (named !== -1) at = named + 2;
    else at += source[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}
