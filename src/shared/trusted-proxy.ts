import { isIP } from "node:net";

/** Groups of addresses that have a name: of this machine, of its network, of private networks. */
const NAMES = ["loopback", "linklocal", "uniquelocal"];

/** Whether a text is an address, a block of them in CIDR notation, or the name of a group. */
export function isTrustedProxy(text: string): boolean {
  if (NAMES.includes(text)) return true;
  const [, address = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0 || address.includes("%")) return false;
  // A block of no bits is everybody, whose word is nobody's.
  const most = version === 4 ? 32 : 128;
  return bits === undefined || (Number(bits) >= 1 && Number(bits) <= most);
}
