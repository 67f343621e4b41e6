import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "../config.js";
import { present } from "../shared/assert.js";
import { type SecretKey, type SecretKeySource, parseSecretKeys } from "../shared/secret-key.js";

const KEY_BYTES = 32;

/**
 * The keys of a data folder, in a file that only its owner may read. It is read each time it is
 * needed, so that a running server knows a key that a command has added.
 */
export class SecretKeyFile {
  private readonly path: string;

  constructor(dataDir: string) {
    this.path = join(dataDir, "provider-secret-keys");
  }

  /** No keys where there is no file. */
  read(): SecretKey[] {
    return present(parseSecretKeys(this.text()), `a well-formed list of keys in ${this.path}`);
  }

  /** Puts a new key before the others, which still open what they sealed. */
  addKey(): void {
    const id = randomBytes(6).toString("hex");
    const entry = `${id}:${randomBytes(KEY_BYTES).toString("base64")}\n`;
    mkdirSync(dirname(this.path), { recursive: true });
    // Renamed when it is whole: a cut off write must never cost the keys that are there.
    const draft = `${this.path}.${id}`;
    writeFileSync(draft, entry + this.text(), { mode: 0o600, flush: true });
    chmodSync(draft, 0o600);
    renameSync(draft, this.path);
  }

  private text(): string {
    try {
      return readFileSync(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
      throw error;
    }
  }
}

/**
 * The keys that the configuration names and, for the embedded database, those of its data folder, where
 * a first one is made when there is no other.
 */
export function openSecretKeys(
  { providerSecretKeys, dataDir }: Pick<Config, "providerSecretKeys" | "dataDir">,
  isEmbedded: boolean,
): SecretKeySource {
  if (!isEmbedded) return () => providerSecretKeys;
  const file = new SecretKeyFile(dataDir);
  if (providerSecretKeys.length === 0 && file.read().length === 0) file.addKey();
  return () => [...providerSecretKeys, ...file.read()];
}
