import { lookup } from 'node:dns/promises';
import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import { type AllowList, plainHost } from './allow-list.js';
import { addressOf } from './address.js';
import { hostNotAllowed } from './failures.js';
import { portOf } from './request-check.js';

/** Finds all addresses of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Opens a connection to the address in `hostname`. */
export type Connect = buildConnector.connector;

export const resolveByName: Resolve = async (host) => {
  const found = await lookup(host, { all: true, verbatim: true });
  return found.map(({ address }) => address);
};

export const connectorFor = (timeoutMs: number): Connect => buildConnector({ timeout: timeoutMs, allowH2: false });

/** The connection could not be made: nothing of a request has been sent. */
export class NotConnected extends Error {
  constructor(readonly reason: string) {
    super(reason);
    this.name = 'NotConnected';
  }
}

/**
 * Connects where it is allowed, and nowhere else.
 *
 * 1. A name is resolved once. When one of its addresses is refused, the name is: nobody has half of his addresses inside.
 * 2. The connection is made to an address that was checked, never to the name, so that no second resolution can differ.
 * 3. The address that it ended at is checked again, before a byte is sent.
 */
export function guardedConnector(allowed: AllowList, resolve: Resolve, connect: Connect): Connect {
  return (options, callback) => {
    connected(options).then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };

  async function connected(options: buildConnector.Options): Promise<Socket> {
    const host = plainHost(options.hostname);
    const port = portOf(options);
    const addresses = await addressesOf(host, resolve);
    const refused = addresses.find((address) => !allowed.permits({ host, port, address }));
    if (refused !== undefined) throw hostNotAllowed(host, refused === host ? null : refused); // rule 1
    let last = new NotConnected('it has no address');
    for (const address of addresses) {
      try {
        const socket = await dialled(connect, pinned(options, host, address)); // rule 2
        return checked(socket, { host, port, allowed }); // rule 3
      } catch (error) {
        if (!(error instanceof NotConnected)) throw error;
        last = error;
      }
    }
    throw last;
  }
}

async function addressesOf(host: string, resolve: Resolve): Promise<readonly string[]> {
  if (addressOf(host) !== null) return [host];
  try {
    return await resolve(host);
  } catch (error) {
    throw new NotConnected(`its name was not resolved (${codeOf(error)})`);
  }
}

/** The same target by its address; a certificate is still asked for in the target's name. */
function pinned(options: buildConnector.Options, host: string, address: string): buildConnector.Options {
  const named = options.protocol === 'https:' && addressOf(host) === null;
  return { ...options, hostname: address, ...(named ? { servername: host } : {}) };
}

const dialled = (connect: Connect, options: buildConnector.Options): Promise<Socket> =>
  new Promise((done, failed) => {
    connect(options, (error, socket) => {
      if (error === null) done(socket);
      else failed(new NotConnected(codeOf(error)));
    });
  });

function checked(socket: Socket, { host, port, allowed }: { host: string; port: number; allowed: AllowList }): Socket {
  const address = socket.remoteAddress ?? '';
  if (allowed.permits({ host, port, address })) return socket;
  socket.destroy();
  throw hostNotAllowed(host, address === '' ? null : address);
}

/** What the system calls an error; it may come from another realm, so its class says nothing. */
export const codeOf = (error: unknown): string => {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof code === 'string' ? code : String(message);
};
