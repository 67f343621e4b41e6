/** An AES-256 key, and the id with which its ciphertexts are marked. */
export interface SecretKey {
  readonly id: string;
  readonly key: Buffer;
}

/** Returns the current keys: the first one encrypts, all of them decrypt. */
export type SecretKeySource = () => readonly SecretKey[];

/** 32 bytes have 43 base64 characters and one padding character. */
const ENTRY = /^([A-Za-z0-9_-]{1,64}):([A-Za-z0-9+/]{43}=)$/;

/**
 * Parses keys as `id:key` entries with the key in base64, separated by commas or white space.
 *
 * @returns null if an entry is malformed or an id occurs twice.
 */
export function parseSecretKeys(text: string): SecretKey[] | null {
  const keys: SecretKey[] = [];
  for (const entry of text.split(/[\s,]+/)) {
    if (entry === "") continue;
    const [, id, key] = ENTRY.exec(entry) ?? [];
    if (id === undefined || key === undefined) return null;
    keys.push({ id, key: Buffer.from(key, "base64") });
  }
  return new Set(keys.map(({ id }) => id)).size === keys.length ? keys : null;
}
