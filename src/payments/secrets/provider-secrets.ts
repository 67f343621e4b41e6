import { createHmac, hkdfSync } from "node:crypto";
import type { Caller } from "../../callers/caller.js";
import type { SecretBox, SecretOwner } from "../../shared/secret-box.js";
import { present } from "../../shared/assert.js";
import { foldCase } from "../../shared/fold-case.js";
import type { UserErrors } from "../../shared/user-error.js";
import type { SecretKey } from "../../shared/secret-key.js";

/** An encrypted secret, as stored. */
export interface SealedSecret {
  readonly providerSecretKeyId: string;
  readonly providerSecretSealed: Buffer;
}

/** Two digests for finding a secret: one of the secret itself, one of its case-folded form. */
export interface SecretDigests {
  readonly providerSecretDigest: Buffer;
  readonly providerSecretFoldedDigest: Buffer;
}

/** The digest of a secret, with the id of its key. */
export interface SecretMark {
  readonly keyId: string;
  readonly digest: Buffer;
}

/**
 * Seals and opens provider secrets; see `SecretBox`. Secrets are found by digests: HMAC-SHA-256 with a key derived from
 * the secret key.
 */
export class ProviderSecrets {
  constructor(private readonly box: SecretBox) {}

  /** Whether a key for sealing is configured. */
  get canSeal(): boolean {
    return this.box.canSeal;
  }

  /** @throws InvariantError without a key. */
  seal(secret: string, owner: SecretOwner): SealedSecret & SecretDigests {
    const { keyId, sealed } = this.box.seal(secret, owner);
    const [digest, foldedDigest] = this.currentDigestsOf(secret);
    return {
      providerSecretKeyId: keyId,
      providerSecretSealed: sealed,
      providerSecretDigest: digest,
      providerSecretFoldedDigest: foldedDigest,
    };
  }

  /** @throws InvariantError if its key is not configured; an error if the ciphertext was modified. */
  open({ providerSecretKeyId, providerSecretSealed }: SealedSecret, owner: SecretOwner): string {
    return this.box.open({ keyId: providerSecretKeyId, sealed: providerSecretSealed }, owner);
  }

  /** The digests of a new secret: of the secret itself, and of its case-folded form. */
  currentDigestsOf(secret: string): [Buffer, Buffer] {
    const key = present(this.box.keys()[0], "a key to seal provider secrets with");
    return [digestOf(key, secret), digestOf(key, foldCase(secret))];
  }

  /** The digests that a secret may be stored with, one for each key. */
  digestsOf(secret: string): Buffer[] {
    return this.box.keys().map((key) => digestOf(key, secret));
  }

  /** A digest that can compare a secret but not reveal it; null without a key. */
  markOf(secret: string): SecretMark | null {
    const key = this.box.keys()[0];
    return key === undefined ? null : { keyId: key.id, digest: digestOf(key, secret) };
  }

  /**
   * Whether a mark belongs to this secret, or both are missing. True if the mark's key is no longer configured, since
   * the secret then cannot be compared.
   */
  isMarked(secret: string | null | undefined, mark: SecretMark | null): boolean {
    if (typeof secret !== "string" || mark === null) return secret == null && mark === null;
    const key = this.box.keys().find(({ id }) => id === mark.keyId);
    return key === undefined || digestOf(key, secret).equals(mark.digest);
  }
}

/** The secret columns of a record; null without a secret. */
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

/** The decrypted secret of a record; null if it has none. */
export function openSecret(
  secrets: ProviderSecrets,
  { providerSecretKeyId, providerSecretSealed, ...owner }: Partial<StoredSecret> & SecretOwner,
): string | null {
  if (providerSecretKeyId == null || providerSecretSealed == null) return null;
  return secrets.open({ providerSecretKeyId, providerSecretSealed }, owner);
}

/** The secret that the caller may see: null without the scope PROVIDER_SECRETS_READ. */
export function readSecret(
  caller: Caller | null,
  secrets: ProviderSecrets,
  record: StoredSecret & SecretOwner,
): string | null {
  return mayReadSecrets(caller) ? openSecret(secrets, record) : null;
}

/**
 * Whether the caller may read secrets. For other callers, no response may depend on a stored secret: it would confirm
 * a guess.
 */
export function mayReadSecrets(caller: Caller | null): boolean {
  return caller?.scopes.includes("PROVIDER_SECRETS_READ") === true;
}

/** Refuses a secret if there is no key to seal it with. */
export function checkSecret(
  errors: UserErrors,
  secrets: ProviderSecrets,
  given: string | null | undefined,
): void {
  if (typeof given !== "string" || secrets.canSeal) return;
  const message =
    "This server has no key for provider secrets. Its operator must set PROVIDER_SECRET_KEYS.";
  errors.add("INVALID", "providerSecret", message);
}

/** The secret columns of a new record; empty if there is no secret. */
export function sealNew(
  secrets: ProviderSecrets,
  secret: string | null | undefined,
  owner: SecretOwner,
): Partial<SealedSecret & SecretDigests> {
  return typeof secret === "string" ? secrets.seal(secret, owner) : {};
}

/**
 * The changes that a given secret makes to a record. There are none if it is omitted, or if it is equal and the caller
 * may read secrets. For other callers every given secret is a change, so that `updatedAt` cannot confirm a guess.
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
