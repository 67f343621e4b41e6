import { isIPv4, isIPv6 } from "node:net";

/** As long as an address with a port can be; what a proxy passes on need not be one. */
const MAX_LENGTH = 64;

/**
 * Whom an address stands for: one of IPv4 for itself, also inside of IPv6, and one of IPv6 for its /64,
 * which is what one customer is given. What a proxy tells as something else stands for itself.
 */
export function addressBlockOf(text: string): string {
  const address = withoutPort(text.trim()).replace(/%.*$/, "");
  if (!isIPv6(address)) return address.slice(0, MAX_LENGTH).toLowerCase();
  // The URL parser writes an address in one way, without the dotted form of the last two groups.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = [
    ...before,
    ...Array<string>(8 - before.length - after.length).fill("0"),
    ...after,
  ];
  if (groups.slice(0, 6).join(":") === "0:0:0:0:0:ffff") {
    const bytes = groups.slice(6).flatMap((group) => {
      const number = Number.parseInt(group, 16);
      return [number >> 8, number & 255];
    });
    return bytes.join(".");
  }
  return `${groups.slice(0, 4).join(":")}::/64`;
}

function withoutPort(text: string): string {
  const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(text) ?? [];
  if (bracketed !== undefined) return bracketed;
  const [, dotted = ""] = /^([\d.]+):\d+$/.exec(text) ?? [];
  return isIPv4(dotted) ? dotted : text;
}
