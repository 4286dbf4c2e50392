import { resolve } from 'node:path';

/** What a command has of the process it runs in. */
export interface Surroundings {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  /** One line, or several, to the operator. */
  readonly say: (text: string) => void;
  /** Why it was not done. */
  readonly complain: (text: string) => void;
}

/** Why a command was not done, in words for the operator. */
export class CommandRefused extends Error {}

/** Reads nothing else of the environment, and makes nothing. */
export const dataDirOf = ({ variables }: Surroundings): string => resolve(variables['DATA_DIR']?.trim() || './data');

export const isEmbedded = ({ variables }: Surroundings): boolean => !variables['EVENT_STORE_URL']?.trim();

/** Of commands that copy or read the file itself. */
export function mustBeEmbedded(surroundings: Surroundings): void {
  if (!isEmbedded(surroundings))
    throw new CommandRefused(
      'EVENT_STORE_URL is set: the log is in EventStoreDB. This command is for the log in DATA_DIR; back up EventStoreDB and PostgreSQL with their own tools.',
    );
}
