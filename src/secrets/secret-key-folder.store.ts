import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config/config.js";
import type { SecretKey, SecretKeySource } from "../shared/secret-key.js";
import { newId, parseUuidV7 } from "../shared/uuid.js";

const KEY_BYTES = 32;

/**
 * The keys of a data folder, each in a file that only its owner may read. The folder is read each time a key is needed,
 * so that a running server finds keys that a command adds. Keys are never overwritten, even by simultaneous processes.
 */
export class SecretKeyFolder {
  private readonly path: string;

  constructor(dataDir: string) {
    this.path = join(dataDir, "provider-secret-keys");
  }

  /** The keys, newest first: their ids are UUIDv7, which sort by time. */
  read(): SecretKey[] {
    const ids = this.names().filter((name) => parseUuidV7(name) === name);
    return ids
      .sort()
      .reverse()
      .map((id) => ({ id, key: Buffer.from(readFileSync(join(this.path, id), "utf8"), "base64") }));
  }

  addKey(): void {
    const id = newId();
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    // Rename the file only when it is complete, so that no process reads a partial key.
    const draft = join(this.path, `${id}.draft`);
    const key = randomBytes(KEY_BYTES).toString("base64");
    writeFileSync(draft, key, { mode: 0o600, flush: true });
    renameSync(draft, join(this.path, id));
  }

  private names(): string[] {
    try {
      return readdirSync(this.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }
}

/**
 * The configured keys and, with the embedded database, those of its data folder. If there are none, creates a key in
 * the data folder.
 */
export function openSecretKeys(
  { providerSecretKeys, dataDir }: Pick<Config, "providerSecretKeys" | "dataDir">,
  isEmbedded: boolean,
): SecretKeySource {
  if (!isEmbedded) return () => providerSecretKeys;
  const folder = new SecretKeyFolder(dataDir);
  if (providerSecretKeys.length === 0 && folder.read().length === 0) folder.addKey();
  return () => [...providerSecretKeys, ...folder.read()];
}
