import { describe, it } from '@jest/globals';

/** Whether the application keeps its log in its folder, and not where the test command asks for. */
export const isEmbedded = !process.env['CHATTER_TEST_STORES']?.startsWith('esdb');

/** What is about the files of the embedded log is no test where there are none. */
export const describeEmbedded = (name: string, suite: () => void): void => {
  if (isEmbedded) describe(name, suite);
};

export const itEmbedded = (name: string, test: () => Promise<void>): void => {
  if (isEmbedded) it(name, test);
};
