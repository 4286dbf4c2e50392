/** Waits for this, but not for longer than so many ms. */
export const atMost = (ms: number, work: Promise<unknown>): Promise<unknown> => {
  let timer: NodeJS.Timeout;
  const time = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
  return Promise.race([work, time]).finally(() => clearTimeout(timer));
};
