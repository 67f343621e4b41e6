import { isIP } from "node:net";

/** Named groups of addresses: this machine, its local network, and private networks. */
const NAMES = ["loopback", "linklocal", "uniquelocal"];

/** Whether a string is an address, a CIDR block, or the name of a group. */
export function isTrustedProxy(text: string): boolean {
  if (NAMES.includes(text)) return true;
  const [, address = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0 || address.includes("%")) return false;
  // Reject /0: it would trust every address.
  const most = version === 4 ? 32 : 128;
  return bits === undefined || (Number(bits) >= 1 && Number(bits) <= most);
}
