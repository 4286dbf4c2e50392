import { randomFillSync } from 'node:crypto';
import { V7Generator } from 'uuidv7';

const drawn = new Uint32Array(1_024);
let next = drawn.length;

/** Random numbers by the page: an event's id is drawn for every step, and a draw of its own would cost more than the rest. */
const random = {
  nextUint32(): number {
    if (next === drawn.length) {
      randomFillSync(drawn);
      next = 0;
    }
    next += 1;
    return drawn[next - 1]!;
  },
};

const generator = new V7Generator(random);

/** A UUIDv7: ids of later events sort behind those of earlier ones. */
export const eventId = (): string => generator.generate().toString();
