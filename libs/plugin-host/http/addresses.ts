import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Whether an address is one of the public internet. Everything else (private, loopback, link-local with the metadata
 * services, carrier-grade NAT, multicast, documentation, and the ways of writing those inside IPv6) is not.
 */
export function isPublic(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.process(address); // an IPv4 address mapped into IPv6 is judged as itself
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || !hidesAnother(parsed as ipaddr.IPv6);
}

/** Ranges that carry an IPv4 address or reach a private network, and that the library counts as plain unicast. */
const embedding = ['64:ff9b::/96', '64:ff9b:1::/48', '2002::/16', '2001::/32', '::/96', 'fec0::/10', '5f00::/16'].map((range) => ipaddr.IPv6.parseCIDR(range));

const hidesAnother = (address: ipaddr.IPv6): boolean => embedding.some((range) => address.match(range));

/** One entry of the operator's list: a host, `host:port`, `*.host`, an address, or a range of addresses. */
export interface Allowed {
  readonly entry: string;
  matches(host: string, port: number, address: string | null): boolean;
}

export function readAllowed(entry: string): Allowed {
  const { host, port: only } = hostAndPort(entry);
  const onPort = (port: number) => only === null || port === only;
  if (entry.includes('/')) {
    const range = ipaddr.parseCIDR(entry);
    return { entry, matches: (_host, _port, address) => address !== null && isWithin(address, range) };
  }
  if (host.startsWith('*.')) return { entry, matches: (name, port) => onPort(port) && name.endsWith(host.slice(1)) };
  return { entry, matches: (name, port, address) => onPort(port) && (name === host || address === host) };
}

function hostAndPort(entry: string): { host: string; port: number | null } {
  const found = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry);
  const host = (found?.[1] ?? entry).toLowerCase().replace(/^\[|\]$/g, '');
  return { host, port: found ? Number(found[2]) : null };
}

function isWithin(address: string, range: ReturnType<typeof ipaddr.parseCIDR>): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return parsed.kind() === range[0].kind() && parsed.match(range as [ipaddr.IPv4, number] & [ipaddr.IPv6, number]);
}
