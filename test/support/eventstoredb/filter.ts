import { type ReadReq } from '@eventstore/db-client/generated/streams_pb.js';

import { type LoggedEvent } from './log.js';
import { invalidArgument } from './refusals.js';

export interface Filter {
  readonly matches: (event: LoggedEvent) => boolean;
  /** How many events are looked at, at most, for one page. */
  readonly window: number;
  /** A checkpoint after so many windows. */
  readonly multiplier: number;
}

export const PAGE = 32;

export const filterOf = (options: ReadReq.Options.FilterOptions): Filter => {
  const byStream = options.hasStreamIdentifier();
  const expression = byStream ? options.getStreamIdentifier() : options.getEventType();
  if (!expression) throw invalidArgument('A filter is by stream or by event type.');
  const matches = matcherOf(expression);
  if (!options.hasMax() && !options.hasCount()) throw invalidArgument('A filter says how far it looks: max or count.');
  return {
    matches: ({ stream, type }) => matches(byStream ? stream : type),
    window: options.hasMax() ? options.getMax() : PAGE,
    multiplier: options.getCheckpointintervalmultiplier(),
  };
};

const matcherOf = (expression: ReadReq.Options.FilterOptions.Expression): ((text: string) => boolean) => {
  const pattern = expression.getRegex();
  const prefixes = expression.getPrefixList();
  if (pattern) {
    const regex = new RegExp(pattern);
    return (text) => regex.test(text);
  }
  if (prefixes.length === 0) throw invalidArgument('A filter has a regex or prefixes.');
  return (text) => prefixes.some((prefix) => text.startsWith(prefix));
};
