import { Inject, Injectable } from '@nestjs/common';
import { patienceMs, type Position } from '#event-store';
import { ReadModel } from '#read-model';
import { STORES, type Stores } from './stores.js';
import { Problem } from '../http/problem.js';

/**
 * Lists after writes: what this process has written is in the next list that it gives. Who wrote in another process says
 * behind which position the list must be. Before two seconds are over the answer says how far behind it is.
 */
@Injectable()
export class OwnWrites {
  constructor(
    private readonly readModel: ReadModel,
    @Inject(STORES) private readonly stores: Pick<Stores, 'written'>,
  ) {}

  async seen(minPosition?: string): Promise<void> {
    if (minPosition !== undefined && !/^\d{16}(\d{24})?$/.test(minPosition))
      throw new Problem('invalid_request', 'min_position must be the X-Chatter-Position of an answer.');
    const position: Position | null = minPosition ?? (await this.stores.written());
    if (position === null || (await this.readModel.waitFor(position, patienceMs))) return;
    const extra = { position: this.readModel.position(), wanted: position };
    throw new Problem('lists_behind', 'The lists are behind what has been written. Try again in a moment.', { extra });
  }
}
