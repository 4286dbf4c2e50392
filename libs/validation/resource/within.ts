import { WARN_ABOVE } from '../limits.js';
import type { Finding } from '../rule.js';

interface Measured extends Omit<Finding, 'message' | 'severity'> {
  /** What there is so much of: `nodes`. */
  readonly what: string;
  readonly size: number;
  readonly most: number;
  readonly advice: string;
}

/** Over a limit an error, above 80 % of it a warning. */
export function within({ what, size, most, advice, ...place }: Measured): readonly Finding[] {
  if (size > most) return [{ ...place, message: `${size} ${what} are too many: the limit is ${most}. ${advice}` }];
  if (size <= most * WARN_ABOVE) return [];
  return [{ ...place, severity: 'warning', message: `${size} ${what} are close to the limit of ${most}. ${advice}` }];
}
