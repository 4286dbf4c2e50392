/** An append may take longer than other answers, ms: the server writes it to a disk, and to others of its cluster. */
export const appendMs = 10_000;

const slices = 6;

/**
 * Calls back once there was silence for so long, ms, unless its answer is called before. What counts is time in which this process
 * was awake: one that was busy, or frozen, has not listened.
 */
export function whenSilent(ms: number, late: () => void): () => void {
  let left = slices;
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) return;
    clearInterval(timer);
    late();
  }, ms / slices);
  return () => clearInterval(timer);
}
