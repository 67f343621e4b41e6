import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

declare const secret: unique symbol;

/**
 * The secret of an API token: `pct_`, 40 characters with 200 random bits, and 7 with a checksum of the preceding
 * characters, so that a mistyped or truncated secret is refused without a query.
 */
export type ApiTokenSecret = string & { readonly [secret]: true };

const PREFIX = "pct_";
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford's base 32: no i, l, o, u
const RANDOM_BYTES = 25;
const CHECKSUM_LENGTH = 7;
const PATTERN = /^pct_[0-9a-hjkmnp-tv-z]{47}$/;

/** Enough to tell tokens apart in a list; leaves 170 random bits unknown. */
const SHOWN_LENGTH = PREFIX.length + 6;

export function newApiTokenSecret(): ApiTokenSecret {
  const body = PREFIX + toBase32(randomBytes(RANDOM_BYTES));
  return (body + checksumOf(body)) as ApiTokenSecret;
}

/** @returns the secret, or null if the text is malformed. */
export function parseApiTokenSecret(text: string): ApiTokenSecret | null {
  if (!PATTERN.test(text)) return null;
  const body = text.slice(0, -CHECKSUM_LENGTH);
  return text.endsWith(checksumOf(body)) ? (text as ApiTokenSecret) : null;
}

/** The stored hash. A slow hash function is not needed, because the secret is random and cannot be guessed. */
export function hashOf(secret: ApiTokenSecret): Buffer {
  return createHash("sha256").update(secret).digest();
}

/** The first characters, which identify the token to people. */
export function shownPrefixOf(secret: ApiTokenSecret): string {
  return secret.slice(0, SHOWN_LENGTH);
}

function checksumOf(body: string): string {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(crc32(body), 1);
  return toBase32(bytes).slice(-CHECKSUM_LENGTH);
}

/** Encodes groups of five bytes as eight characters each. */
function toBase32(bytes: Buffer): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 5) {
    const group = bytes.readUIntBE(at, 5);
    for (let digit = 7; digit >= 0; digit--) {
      text += ALPHABET.charAt(Math.floor(group / 32 ** digit) % 32);
    }
  }
  return text;
}
