import { type status } from '@grpc/grpc-js';

import { refusal } from './refusals.js';

/** The calls that a fault can be asked for. */
export type Rpc = 'Read' | 'Append' | 'BatchAppend' | 'Delete' | 'Tombstone' | 'GetSupportedMethods' | 'Gossip';

/** What the network below the server can be made to do. */
export interface Network {
  /** Cuts one connection, or all of them. */
  cut(peer?: string): void;
  /** One node, by its place in the cluster, or all of them. */
  close(node?: number): Promise<void>;
  open(node?: number): Promise<void>;
}

/** What can go wrong between a client and a server, to order. */
export class Faults {
  private readonly delays = new Map<Rpc | 'all', number>();
  private refused: { code: status; rpc: Rpc | undefined; times: number } | undefined;
  private lost = 0;

  private readonly network: Network;

  constructor(network: Network) {
    this.network = network;
  }

  /** Cuts every connection without a word; new ones are taken. */
  dropConnections(): void {
    this.network.cut();
  }

  /** Every call, or those of one kind, waits this long before anything is done. 0 ends it. */
  delay(ms: number, rpc?: Rpc): void {
    this.delays.set(rpc ?? 'all', ms);
  }

  /** The next calls (default 1; 0 ends it) get this status and nothing is done. */
  refuse(code: status, times = 1, rpc?: Rpc): void {
    this.refused = { code, rpc, times };
  }

  /** The next write is made, and then the connection is cut instead of an answer. */
  loseNextAnswer(): void {
    this.lost += 1;
  }

  /** Nobody listens for this long, or one node does not; then on the same port with the same data. Resolves when back. */
  async goAway(ms: number, node?: number): Promise<void> {
    await this.network.close(node);
    await new Promise((resolve) => setTimeout(resolve, ms));
    await this.network.open(node);
  }

  /** For the services: waits and throws as was asked for. */
  async before(rpc: Rpc): Promise<void> {
    const ms = this.delays.get(rpc) || this.delays.get('all');
    if (ms) await new Promise((resolve) => setTimeout(resolve, ms));
    const { refused } = this;
    if (!refused || refused.times < 1 || (refused.rpc && refused.rpc !== rpc)) return;
    refused.times -= 1;
    throw refusal(refused.code, 'Refused by a test.');
  }

  /** For the services: true when the answer to this write is lost, with the connection it would have gone by. */
  losesAnswer(peer: string): boolean {
    if (this.lost === 0) return false;
    this.lost -= 1;
    this.network.cut(peer);
    return true;
  }
}
