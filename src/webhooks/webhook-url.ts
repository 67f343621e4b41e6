import { isIP } from "node:net";
import { type AllowedNetworks, mayReceive } from "./receiver-address.js";

const MAX_LENGTH = 2_000;

/** The form in which the database keeps URLs. The URL parser also accepts spaces around them, tabs and other slashes. */
const PLAIN = /^[a-z]+:\/\/[^\s\\\0]+$/;

/** Names of this machine, which need no DNS server (RFC 6761). */
const LOCAL_NAME = /^(?:.+\.)?localhost\.?$/;

/**
 * Why a webhook endpoint cannot have this URL, as a message for the field `url`; null if it can. The addresses of a
 * name are not checked here, because they can change. The server checks them whenever it connects.
 */
export function refusalOfUrl(url: string, allowedNetworks: AllowedNetworks): string | null {
  if (url.length > MAX_LENGTH)
    return `url can have at most ${MAX_LENGTH.toLocaleString("en")} characters.`;
  if (!URL.canParse(url) || !PLAIN.test(url))
    return "url must be a URL such as https://example.com/webhooks.";
  const parsed = new URL(url);
  const protocols = allowedNetworks.length > 0 ? ["https:", "http:"] : ["https:"];
  if (!protocols.includes(parsed.protocol)) return "url must start with https://.";
  if (parsed.username !== "" || parsed.password !== "")
    return "url cannot contain a user name or a password.";
  const mayConnect = knownAddressesOf(parsed)?.some((address) =>
    mayReceive(address, parsed.protocol, allowedNetworks),
  );
  return mayConnect === false
    ? `url cannot have the host ${parsed.hostname}: this server sends only to hosts on the internet.`
    : null;
}

/** The addresses of a URL's host, if they are known without a DNS server; undefined for other names. */
export function knownAddressesOf({ hostname }: URL): readonly string[] | undefined {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  if (isIP(host) !== 0) return [host];
  return LOCAL_NAME.test(host) ? ["127.0.0.1", "::1"] : undefined;
}
