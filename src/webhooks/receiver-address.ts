import { isIPv4 } from "node:net";
import ipaddr from "ipaddr.js";

/** Azure's metadata service. Those of other clouds have link-local or private addresses. */
const METADATA_ADDRESS = "168.63.129.16";

/** The IPv6 addresses of hosts on the internet (RFC 4291). All others have other uses. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/** The receivers' addresses that an operator allows in addition to those on the internet, as CIDR blocks. */
export type AllowedNetworks = readonly string[];

/**
 * Whether the server may send webhooks to an address: over https to hosts on the internet, over https and plain http
 * to the allowed networks. An IPv4 address that is mapped into IPv6 counts as the IPv4 address.
 */
export function mayReceive(
  address: string,
  protocol: string,
  allowedNetworks: AllowedNetworks,
): boolean {
  const parsed = parseAddress(address);
  if (parsed === null) return false;
  const isAllowed = allowedNetworks.some((network) => {
    const [base, bits] = ipaddr.parseCIDR(network);
    return parsed.kind() === base.kind() && parsed.match(base, bits);
  });
  return isAllowed || (protocol === "https:" && isPublic(parsed));
}

/**
 * Whether an address may belong to a host on the internet: not private, loopback, link-local, multicast, reserved, of
 * a cloud's metadata service, or a translation of an IPv4 address (NAT64, 6to4, Teredo).
 */
function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address.range() !== "unicast") return false;
  return address instanceof ipaddr.IPv6
    ? address.match(GLOBAL_UNICAST)
    : address.toString() !== METADATA_ADDRESS;
}

/** @returns null if the string is not an address, or has an IPv6 zone. */
function parseAddress(address: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (isIPv4(address)) return ipaddr.IPv4.parse(address);
  const url = `http://[${address}]`;
  // ipaddr.js takes `::8.8.8.8` for a mapped address. The URL parser converts it to `::808:808`.
  return URL.canParse(url) ? ipaddr.process(new URL(url).hostname.slice(1, -1)) : null;
}
