import { StoreUnavailable } from '#event-store';

/** A server that has told nothing for so long is away, ms. */
const silenceMs = 2_000;

/** The items as they come. Rejects where the next one is asked for and does not come: however many there are, each in its time. */
export async function* untilSilent<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      const late = () => reject(new StoreUnavailable(`EventStoreDB has told nothing for ${silenceMs} ms.`));
      timer = setTimeout(late, silenceMs);
    });
    try {
      const next = await Promise.race([iterator.next(), silence]);
      if (next.done) return;
      yield next.value;
    } finally {
      clearTimeout(timer);
    }
  }
}
