import type { ProjectorStatus } from '#read-model';
import type { Logger } from 'pino';

type Told = Pick<ProjectorStatus, 'failing' | 'parked'>;

/** Tells the operator when the lists stand still, when they go on, and when there are more streams that could not be folded. */
export function tellingOfLists(log: Pick<Logger, 'error' | 'info'>): (status: Told) => void {
  let before: Told = { failing: null, parked: 0 };
  return ({ failing, parked }) => {
    if (failing !== null && failing !== before.failing)
      log.error({ reason: failing }, 'The lists stand still; it is tried again');
    if (failing === null && before.failing !== null) log.info('The lists go on');
    if (parked > before.parked)
      log.error({ streams: parked }, 'Streams could not be folded into a list: GET /health says which, and why');
    before = { failing, parked };
  };
}
