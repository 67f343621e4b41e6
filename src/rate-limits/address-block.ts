import { isIPv4, isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";

/** As long as an address with a port can be; what a proxy passes on need not be one. */
const MAX_LENGTH = 64;

/**
 * Whom an address stands for: one of IPv4 for itself, also inside of IPv6, and one of IPv6 for its /64,
 * which is what one customer is given. What a proxy tells as something else stands for itself.
 */
export function addressBlockOf(text: string): string {
  const address = withoutPort(text.trim()).replace(/%.*$/, "");
  if (!isIPv6(address)) return address.slice(0, MAX_LENGTH).toLowerCase();
  // An IPv4 address inside of IPv6 becomes one of IPv4.
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
