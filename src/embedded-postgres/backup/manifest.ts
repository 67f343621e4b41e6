import { createHash } from "node:crypto";
import { z } from "zod";

/** The last entry of a backup. A backup without it is incomplete. */
export const MANIFEST = "manifest.json";

const contents = z.object({
  format: z.literal(1),
  createdAt: z.iso.datetime(),
  /** The version of this program, from its package.json. */
  version: z.string(),
  postgresVersion: z.string(),
  /** The operating system and processor. PostgreSQL's files work only on the same ones. */
  platform: z.string(),
  migrations: z.array(z.string()),
  /** The uncompressed size of all files together. */
  bytes: z.number().int(),
  files: z.array(
    z.object({ name: z.string(), bytes: z.number().int(), sha256: z.string().length(64) }),
  ),
});

/** The contents of a backup, and what is needed to restore it. */
export type Manifest = z.infer<typeof contents>;
export type ManifestFile = Manifest["files"][number];

/** A backup cannot be created or restored, for a reason that the user can fix. */
export class BackupError extends Error {
  override readonly name = "BackupError";
}

export function writeManifest(manifest: Manifest): string {
  return JSON.stringify({ ...manifest, sha256: digestOf(manifest) }, null, 1);
}

/** @throws BackupError if it is not a manifest, or it was changed. */
export function readManifest(text: string): Manifest {
  try {
    const { sha256, ...rest } = z.looseObject({ sha256: z.string() }).parse(JSON.parse(text));
    const manifest = contents.parse(rest);
    if (digestOf(manifest) === sha256) return manifest;
  } catch {
    // The same word for all that is wrong with it.
  }
  throw new BackupError("its manifest is damaged or from a newer version");
}

/** The digest does not depend on the order of fields in the file: parsing puts them in a fixed order. */
function digestOf(manifest: Manifest): string {
  return createHash("sha256")
    .update(JSON.stringify(contents.parse(manifest)))
    .digest("hex");
}

/** The platform of this machine, on which PostgreSQL's files depend. */
export const PLATFORM = `${process.platform}-${process.arch}`;
