import { randomUUID } from 'node:crypto';
import { createServer, type Server as TcpServer, type Socket } from 'node:net';

import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';

import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';

import { append } from './append.js';
import { batchAppend } from './batch-append.js';
import { gossip, supportedMethods } from './cluster.js';
import { deleteStream, tombstone } from './deletes.js';
import { type Network } from './faults.js';
import { type Member, type Service } from './service.js';
import { read } from './streams-read.js';

export interface Tls {
  readonly cert: string;
  readonly key: string;
}

/** The largest message that is taken: more than any append may be. */
const MAX_MESSAGE = 32 * 1024 * 1024;

/**
 * One listening server of a cluster. The sockets are its own, so that it can cut them as a killed process would: the
 * gRPC server behind gets each one as it comes.
 */
export class EventStoreDbNode implements Network {
  readonly id = randomUUID();
  readonly host = '127.0.0.1';
  port = 0;
  leads = false;
  listening = false;

  private readonly grpc = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE });
  private readonly sockets = new Set<Socket>();
  private readonly injector: { injectConnection(socket: Socket): void; destroy(): void };
  private tcp: TcpServer | undefined;
  private ended = false;

  private readonly wanted: number;

  constructor(wanted: number, tls: Tls | undefined) {
    this.wanted = wanted;
    const credentials = tls
      ? ServerCredentials.createSsl(null, [{ cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) }])
      : ServerCredentials.createInsecure();
    this.injector = this.grpc.createConnectionInjector(credentials);
  }

  serve(service: Service): void {
    const streams: Record<string, unknown> = {
      read: read(service),
      append: append(service),
      batchAppend: batchAppend(service),
      delete: deleteStream(service),
      tombstone: tombstone(service),
    };
    this.grpc.addService(StreamsService, streams as UntypedServiceImplementation);
    this.grpc.addService(GossipService, { read: gossip(service) } as UntypedServiceImplementation);
    this.grpc.addService(ServerFeaturesService, {
      getSupportedMethods: supportedMethods(service),
    } as UntypedServiceImplementation);
  }

  get member(): Member {
    const { id, host, port, leads, listening } = this;
    return { id, host, port, state: leads ? 'leader' : 'follower', alive: listening };
  }

  /** Listens, on the port of before if there was one. One that has ended stays so. */
  async open(): Promise<void> {
    if (this.ended) return;
    const tcp = createServer((socket) => this.take(socket));
    await new Promise<void>((resolve, reject) => {
      tcp.once('error', reject);
      tcp.listen(this.port || this.wanted, this.host, resolve);
    });
    const address = tcp.address();
    if (typeof address === 'object' && address) this.port = address.port;
    this.tcp = tcp;
    this.listening = true;
  }

  async close(): Promise<void> {
    const { tcp } = this;
    this.tcp = undefined;
    this.listening = false;
    this.cut();
    if (tcp) await new Promise((resolve) => tcp.close(resolve));
  }

  cut(peer?: string): void {
    for (const socket of this.sockets) {
      if (peer === undefined || peer === `${socket.remoteAddress}:${socket.remotePort}`) socket.destroy();
    }
  }

  /** Ends what the gRPC server still holds. The node cannot be opened again. */
  end(): void {
    this.ended = true;
    this.injector.destroy();
    this.grpc.forceShutdown();
  }

  private take(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy()); // the other side is gone
    this.injector.injectConnection(socket);
  }
}
