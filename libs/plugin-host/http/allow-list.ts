import ipaddr from 'ipaddr.js';
import { addressOf, isPublic } from './address.js';

/** Where a request is about to go: the name that was asked for, its port, and one address that it has. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly address: string;
}

interface NamedHost {
  readonly host: string;
  /** Null: every port. */
  readonly port: number | null;
}

/**
 * What may be reached.
 *
 * 1. Public addresses always.
 * 2. Others when the operator named them: by host, host:port, `*.host` (names below it), or by address range (CIDR).
 * 3. What is no address is never reached.
 */
export class AllowList {
  private readonly hosts: readonly NamedHost[];
  private readonly ranges: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];

  constructor(entries: readonly string[]) {
    const named = entries.map((entry) => entry.trim().toLowerCase()).filter((entry) => entry !== '');
    this.ranges = named.filter((entry) => ipaddr.isValidCIDR(entry)).map((entry) => ipaddr.parseCIDR(entry));
    this.hosts = named.filter((entry) => !ipaddr.isValidCIDR(entry)).map(namedHost);
  }

  permits({ host, port, address: text }: Target): boolean {
    const address = addressOf(text);
    if (address === null) return false; // rule 3
    return isPublic(text) || this.namesHost(host, port) || this.namesAddress(address, port); // rules 1 and 2
  }

  private namesHost(asked: string, port: number): boolean {
    const host = plainHost(asked);
    return this.hosts.some(
      (named) =>
        (named.port === null || named.port === port) &&
        (named.host.startsWith('*.') ? host.endsWith(named.host.slice(1)) : host === named.host),
    );
  }

  private namesAddress(address: ipaddr.IPv4 | ipaddr.IPv6, port: number): boolean {
    const within = this.ranges.some(
      ([network, bits]) => network.kind() === address.kind() && address.match(network, bits),
    );
    return within || this.namesHost(address.toString(), port);
  }
}

/** A host as it is compared: lower case, without brackets and without the dot that ends a full name. */
export const plainHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');

/** Reads `host`, `host:port`, `*.host`, `[::1]`, `[::1]:443` and `::1`. */
function namedHost(entry: string): NamedHost {
  if (ipaddr.isValid(entry)) return { host: plainAddress(entry), port: null };
  const [, host = entry, port] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  return { host: plainAddress(plainHost(host)), port: port === undefined ? null : Number(port) };
}

const plainAddress = (host: string): string => addressOf(host)?.toString() ?? host;
