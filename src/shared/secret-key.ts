/** A key of AES-256, and the id that what it sealed is marked with. */
export interface SecretKey {
  readonly id: string;
  readonly key: Buffer;
}

/** Where keys come from: the first one seals, all of them open. */
export type SecretKeySource = () => readonly SecretKey[];

/** 32 bytes are 43 characters of base 64 and a filler. */
const ENTRY = /^([A-Za-z0-9_-]{1,64}):([A-Za-z0-9+/]{43}=)$/;

/**
 * Reads keys as `id:key` entries, the key in base 64, parted by commas or white space.
 *
 * @returns null when an entry is malformed, or an id comes twice.
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
