import { SocketAddress, isIP, isIPv4, isIPv6 } from "node:net";

/** The local hosts, which no DNS server can redirect. */
export const LOOPBACK_HOSTS: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** The name for the origins of all pages that this machine serves to its own browsers, on any port. */
export const LOCAL_PAGES = "localhost";

/** Browsers resolve these hosts to their own machine: no other machine can serve a page with such an origin. */
export const LOCAL_ORIGIN =
  /^https?:\/\/(?:(?:[a-z0-9-]+\.)*localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

const MAX_NAME_LENGTH = 255;
const MAX_PORT = 65_535;
const HOST = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?)(?::(\d{0,5}))?$/i;

/**
 * The host in a `Host` header, normalized for comparison: lower case, without port or trailing dot; IPv6 addresses
 * in brackets and in their shortest form.
 *
 * @returns null if it is not a valid host, for example with user information or an IPv6 zone.
 */
export function parseHost(text: string): string | null {
  if (text.length > MAX_NAME_LENGTH) return null;
  const [whole, address, name, port] = HOST.exec(text) ?? [];
  if (whole === undefined || Number(port ?? 0) > MAX_PORT) return null;
  if (name !== undefined) return name.toLowerCase();
  if (address === undefined || !isIPv6(address)) return null;
  return `[${new SocketAddress({ address, family: "ipv6" }).address}]`;
}

/** Whether a host, as `parseHost` returns it, is an address. DNS cannot redirect an address. */
export function isAddress(host: string): boolean {
  return isIPv4(host) || host.startsWith("[");
}

/** Whether a server on this address is reachable only from its own machine. */
export function isLoopback(address: string): boolean {
  if (isIP(address) === 6) {
    const { address: shortest } = new SocketAddress({ address, family: "ipv6" });
    return shortest === "::1" || shortest.startsWith("::ffff:127.");
  }
  return isIPv4(address) ? address.startsWith("127.") : /^localhost\.?$/i.test(address);
}
