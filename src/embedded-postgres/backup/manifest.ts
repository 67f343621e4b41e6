import { createHash } from "node:crypto";
import { z } from "zod";

/** The last entry of a backup: without it, a backup is not whole. */
export const MANIFEST = "manifest.json";

const contents = z.object({
  format: z.literal(1),
  createdAt: z.iso.datetime(),
  /** Of this program, from its package.json. */
  version: z.string(),
  postgresVersion: z.string(),
  /** PostgreSQL's files are made for one: the operating system and the processor. */
  platform: z.string(),
  migrations: z.array(z.string()),
  /** Of all files together, before they were compressed. */
  bytes: z.number().int(),
  files: z.array(
    z.object({ name: z.string(), bytes: z.number().int(), sha256: z.string().length(64) }),
  ),
});

/** What a backup holds, and what it is good for. */
export type Manifest = z.infer<typeof contents>;
export type ManifestFile = Manifest["files"][number];

/** A backup that cannot be made or restored, for a reason that its user can do something about. */
export class BackupError extends Error {
  override readonly name = "BackupError";
}

export function writeManifest(manifest: Manifest): string {
  return JSON.stringify({ ...manifest, sha256: digestOf(manifest) }, null, 1);
}

/** @throws BackupError when it is none, or not as it was written. */
export function readManifest(text: string): Manifest {
  try {
    const { sha256, ...rest } = z.looseObject({ sha256: z.string() }).parse(JSON.parse(text));
    const manifest = contents.parse(rest);
    if (digestOf(manifest) === sha256) return manifest;
  } catch {
    // The same word for all that is wrong with it.
  }
  throw new BackupError("its manifest is damaged, or is that of a newer version");
}

/** Reading puts the fields into one order, whoever has written them. */
function digestOf(manifest: Manifest): string {
  return createHash("sha256")
    .update(JSON.stringify(contents.parse(manifest)))
    .digest("hex");
}

/** What PostgreSQL's files are made for. */
export const PLATFORM = `${process.platform}-${process.arch}`;
