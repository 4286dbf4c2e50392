import ipaddr from 'ipaddr.js';

const PRIVATE_NAMES = /(?:^|\.)(?:localhost|local|internal|lan|home\.arpa)\.?$/;

/** Public by its form, or named by one of: host, host:port, *.host, CIDR. */
export function isAllowedHost(
  target: { readonly host: string; readonly port: string },
  allowed: readonly string[],
): boolean {
  const host = target.host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  return isPublic(host) || allowed.some((entry) => names(entry.toLowerCase(), host, target.port));
}

function isPublic(host: string): boolean {
  if (!ipaddr.isValid(host)) return !PRIVATE_NAMES.test(host) && host.includes('.');
  return ipaddr.process(host).range() === 'unicast';
}

function names(entry: string, host: string, port: string): boolean {
  if (entry === host || entry === `${host}:${port}` || entry === `[${host}]:${port}`) return true;
  if (entry.startsWith('*.')) return host.endsWith(entry.slice(1));
  return ipaddr.isValid(host) && ipaddr.isValidCIDR(entry) && isWithin(host, entry);
}

function isWithin(host: string, range: string): boolean {
  const address = ipaddr.process(host);
  const [network, bits] = ipaddr.parseCIDR(range);
  return address.kind() === network.kind() && address.match(network, bits);
}
