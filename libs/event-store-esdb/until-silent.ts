import { patienceMs, StoreUnavailable } from '#event-store';
import { whenSilent } from './when-silent.js';

/** The items as they come. Rejects where the next one is asked for and does not come: however many there are, each in its time. */
export async function* untilSilent<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  for (;;) {
    let heard = () => {};
    const silence = new Promise<never>((_, reject) => {
      const late = () => reject(new StoreUnavailable(`EventStoreDB has told nothing for ${patienceMs} ms.`));
      heard = whenSilent(patienceMs, late);
    });
    try {
      const next = await Promise.race([iterator.next(), silence]);
      if (next.done) return;
      yield next.value;
    } finally {
      heard();
    }
  }
}
