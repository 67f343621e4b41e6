import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import type { Caller } from "../../callers/caller.js";
import { present } from "../../shared/assert.js";
import { foldCase } from "../../shared/fold-case.js";
import type { UserErrors } from "../../shared/user-error.js";
import type { SecretKey, SecretKeySource } from "../../shared/secret-key.js";

/** Whose secret it is. A sealed secret opens at this record alone. */
export interface SecretOwner {
  readonly merchantId: string;
  readonly id: string;
}

/** A secret as it is stored. */
export interface SealedSecret {
  readonly providerSecretKeyId: string;
  readonly providerSecretSealed: Buffer;
}

/** Two digests to find a secret by: of the secret itself, and of its case-folded form. */
export interface SecretDigests {
  readonly providerSecretDigest: Buffer;
  readonly providerSecretFoldedDigest: Buffer;
}

/** The digest of a secret, with the id of its key. */
export interface SecretMark {
  readonly keyId: string;
  readonly digest: Buffer;
}

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12; // NIST SP 800-38D
const TAG_BYTES = 16;

/**
 * Seals providers' secrets with AES-256-GCM and opens them. Each has a nonce of its own, so the same
 * secret is never the same bytes; finding one goes by digests that need the key as well (HMAC-SHA-256
 * with a key derived from it).
 */
export class ProviderSecrets {
  constructor(private readonly keys: SecretKeySource) {}

  /** Whether there is a key to seal with. */
  get canSeal(): boolean {
    return this.keys().length > 0;
  }

  /** @throws InvariantError without a key. */
  seal(secret: string, owner: SecretOwner): SealedSecret & SecretDigests {
    const key = present(this.keys()[0], "a key to seal provider secrets with");
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, key.key, nonce).setAAD(nameOf(owner));
    const sealed = Buffer.concat([nonce, cipher.update(secret, "utf8"), cipher.final()]);
    return {
      providerSecretKeyId: key.id,
      providerSecretSealed: Buffer.concat([sealed, cipher.getAuthTag()]),
      providerSecretDigest: digestOf(key, secret),
      providerSecretFoldedDigest: digestOf(key, foldCase(secret)),
    };
  }

  /** @throws InvariantError when its key is not configured; an error when the bytes were changed. */
  open({ providerSecretKeyId, providerSecretSealed }: SealedSecret, owner: SecretOwner): string {
    const { key } = present(
      this.keys().find(({ id }) => id === providerSecretKeyId),
      `the key ${providerSecretKeyId} of provider secrets`,
    );
    const nonce = providerSecretSealed.subarray(0, NONCE_BYTES);
    const body = providerSecretSealed.subarray(NONCE_BYTES, -TAG_BYTES);
    const decipher = createDecipheriv(CIPHER, key, nonce)
      .setAAD(nameOf(owner))
      .setAuthTag(providerSecretSealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
  }

  /** The digests that a secret may be stored under, one for each key. */
  digestsOf(secret: string): Buffer[] {
    return this.keys().map((key) => digestOf(key, secret));
  }

  /** A digest that can compare a secret but not reveal it; null without a key. */
  markOf(secret: string): SecretMark | null {
    const key = this.keys()[0];
    return key === undefined ? null : { keyId: key.id, digest: digestOf(key, secret) };
  }

  /**
   * Whether a mark belongs to this secret, or to none. True when the mark's key is no longer configured, since
   * the secret cannot be compared then.
   */
  isMarked(secret: string | null | undefined, mark: SecretMark | null): boolean {
    if (typeof secret !== "string" || mark === null) return secret == null && mark === null;
    const key = this.keys().find(({ id }) => id === mark.keyId);
    return key === undefined || digestOf(key, secret).equals(mark.digest);
  }

  /** The id of the key that seals now; null without a key. */
  get currentKeyId(): string | null {
    return this.keys()[0]?.id ?? null;
  }
}

/** A record's secret, if it has one. */
export interface StoredSecret {
  readonly providerSecretKeyId: string | null;
  readonly providerSecretSealed: Buffer | null;
}

const NO_SECRET = {
  providerSecretKeyId: null,
  providerSecretSealed: null,
  providerSecretDigest: null,
  providerSecretFoldedDigest: null,
} as const;

/** The secret of a record, null when it has none. */
export function openSecret(
  secrets: ProviderSecrets,
  { providerSecretKeyId, providerSecretSealed, ...owner }: Partial<StoredSecret> & SecretOwner,
): string | null {
  if (providerSecretKeyId == null || providerSecretSealed == null) return null;
  return secrets.open({ providerSecretKeyId, providerSecretSealed }, owner);
}

/** The secret as the caller may see it: null without the scope PROVIDER_SECRETS_READ. */
export function readSecret(
  caller: Caller | null,
  secrets: ProviderSecrets,
  record: StoredSecret & SecretOwner,
): string | null {
  return mayReadSecrets(caller) ? openSecret(secrets, record) : null;
}

/** An answer that depends on a stored secret would confirm the guesses of a caller that may not read it. */
export function mayReadSecrets(caller: Caller | null): boolean {
  return caller?.scopes.includes("PROVIDER_SECRETS_READ") === true;
}

/** A secret can be taken only where there is a key for it. */
export function checkSecret(
  errors: UserErrors,
  secrets: ProviderSecrets,
  given: string | null | undefined,
): void {
  if (typeof given !== "string" || secrets.canSeal) return;
  const message =
    "This server has no key for provider secrets: its operator has to set PROVIDER_SECRET_KEYS.";
  errors.add("INVALID", "providerSecret", message);
}

/** The columns of a new record's secret; none when there is no secret to store. */
export function sealNew(
  secrets: ProviderSecrets,
  secret: string | null | undefined,
  owner: SecretOwner,
): Partial<SealedSecret & SecretDigests> {
  return typeof secret === "string" ? secrets.seal(secret, owner) : {};
}

/**
 * The changes that a given secret makes to a record: none when it is left out, or when it is the same and the
 * caller may read secrets. For other callers every given secret is a change, so that `updatedAt` cannot
 * confirm a guess.
 */
export function changeSecret(
  secrets: ProviderSecrets,
  caller: Caller,
  given: string | null | undefined,
  record: Partial<StoredSecret> & SecretOwner,
): Partial<(SealedSecret & SecretDigests) | typeof NO_SECRET> {
  if (given === undefined) return {};
  if (mayReadSecrets(caller) && given === openSecret(secrets, record)) return {};
  if (given === null) return NO_SECRET;
  return secrets.canSeal ? secrets.seal(given, record) : {};
}

function digestOf({ key }: SecretKey, secret: string): Buffer {
  const digestKey = hkdfSync("sha256", key, "", "pocketcharge provider secret digest", 32);
  return createHmac("sha256", Buffer.from(digestKey)).update(secret).digest();
}

function nameOf({ merchantId, id }: SecretOwner): Buffer {
  return Buffer.from(`${merchantId}/${id}`);
}
