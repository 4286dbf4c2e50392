import ipaddr from 'ipaddr.js';

/** A platform's own service at an address that looks public. */
const METADATA = ['168.63.129.16'];

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * The address as one form: IPv4 as four decimals, also when it came mapped into IPv6. Null for what is no address.
 *
 * The library reads `::8.8.8.8` as mapped; the URL standard does not, so IPv6 goes through that first.
 */
export function addressOf(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  const bracketed = URL.parse(`http://[${text.replace(/^\[|\]$/g, '')}]/`)?.hostname;
  return bracketed === undefined ? null : ipaddr.process(bracketed.slice(1, -1));
}

/** Reachable by everyone on the internet, and by its own number: everything else is somebody's inside. */
export function isPublic(text: string): boolean {
  const address = addressOf(text);
  if (address === null) return false;
  const range = address.range();
  if (address.kind() === 'ipv4') return range === 'unicast' && !METADATA.includes(address.toString());
  return range === 'unicast' && address.match(GLOBAL_UNICAST);
}
