import { isIPv4, isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";

/** The maximum length of a counted string. A proxy may forward a longer one that is not an address. */
const MAX_LENGTH = 64;

/**
 * The block that an address is counted under: an IPv4 address itself, also if it is embedded in IPv6, and the /64 block
 * of an IPv6 address, because providers assign a /64 per customer. Other strings from a proxy count as themselves.
 */
export function addressBlockOf(text: string): string {
  const address = withoutPort(text.trim()).replace(/%.*$/, "");
  if (!isIPv6(address)) return address.slice(0, MAX_LENGTH).toLowerCase();
  // `process` converts an IPv4 address that is embedded in IPv6.
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  const groups = parsed.parts.slice(0, 4).map((group) => group.toString(16));
  return `${groups.join(":")}::/64`;
}

function withoutPort(text: string): string {
  const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(text) ?? [];
  if (bracketed !== undefined) return bracketed;
  const [, dotted = ""] = /^([\d.]+):\d+$/.exec(text) ?? [];
  return isIPv4(dotted) ? dotted : text;
}
