import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { present } from "./assert.js";
import type { SecretKeySource } from "./secret-key.js";

/** The record that a secret belongs to. A sealed secret can be opened only with the same owner. */
export interface SecretOwner {
  readonly merchantId: string;
  readonly id: string;
}

/** An encrypted secret, and the id of its key. */
export interface Sealed {
  readonly keyId: string;
  readonly sealed: Buffer;
}

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12; // NIST SP 800-38D
const TAG_BYTES = 16;

/**
 * Encrypts (seals) and decrypts (opens) secrets with AES-256-GCM. Each has its own nonce, so equal secrets have
 * different ciphertexts.
 */
export class SecretBox {
  constructor(readonly keys: SecretKeySource) {}

  /** Whether a key for sealing is configured. */
  get canSeal(): boolean {
    return this.keys().length > 0;
  }

  /** The id of the key that seals new secrets; null without a key. */
  get currentKeyId(): string | null {
    return this.keys()[0]?.id ?? null;
  }

  /** @throws InvariantError without a key. */
  seal(secret: string, owner: SecretOwner): Sealed {
    const { id, key } = present(this.keys()[0], "a key to seal secrets with");
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, key, nonce).setAAD(nameOf(owner));
    const body = Buffer.concat([nonce, cipher.update(secret, "utf8"), cipher.final()]);
    return { keyId: id, sealed: Buffer.concat([body, cipher.getAuthTag()]) };
  }

  /** @throws InvariantError if its key is not configured; an error if the ciphertext was modified. */
  open({ keyId, sealed }: Sealed, owner: SecretOwner): string {
    const { key } = present(
      this.keys().find(({ id }) => id === keyId),
      `the key ${keyId} of provider secrets`,
    );
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const body = sealed.subarray(NONCE_BYTES, -TAG_BYTES);
    const decipher = createDecipheriv(CIPHER, key, nonce)
      .setAAD(nameOf(owner))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
  }
}

function nameOf({ merchantId, id }: SecretOwner): Buffer {
  return Buffer.from(`${merchantId}/${id}`);
}
