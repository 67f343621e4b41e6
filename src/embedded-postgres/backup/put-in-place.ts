import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { PostgresCluster } from "../postgres-cluster.js";
import { markRestore, unmarkRestore } from "../restore-mark.js";
import { syncFolder } from "./create-backup.js";
import { BackupError } from "./manifest.js";

/**
 * Moves the restored parts into the data folder, after moving existing ones aside. If it is interrupted, the mark
 * in the folder keeps servers from starting, and has the locations of all parts.
 *
 * @returns the folder with the existing parts, if there were any.
 */
export async function putInPlace({
  from,
  dataDir,
  parts,
}: {
  from: string;
  dataDir: string;
  parts: readonly string[];
}): Promise<string | undefined> {
  const old = parts.filter((part) => existsSync(join(dataDir, part)));
  const aside = join(dataDir, `replaced-${new Date().toISOString().replaceAll(":", "")}`);
  await markRestore(dataDir, aside);
  if (old.length > 0) {
    await mkdir(aside, { mode: 0o700 });
    await move(old, dataDir, aside);
    await requireStopped(old, dataDir, aside);
  }
  const made = parts.filter((part) => existsSync(join(from, part)));
  // Flush the new names to the disk before the mark is removed.
  await move(made, from, dataDir);
  await syncFolder(dataDir);
  await unmarkRestore(dataDir);
  await syncFolder(dataDir);
  return old.length > 0 ? aside : undefined;
}

/** A server may have started before the mark was written. */
async function requireStopped(old: string[], dataDir: string, aside: string): Promise<void> {
  if (!(await new PostgresCluster(aside, []).isRunning())) return;
  await move(old, aside, dataDir);
  await unmarkRestore(dataDir);
  throw new BackupError(
    `A server has started on the data folder ${dataDir} during the restore. Nothing was restored. Stop the server first.`,
  );
}

async function move(parts: readonly string[], from: string, to: string): Promise<void> {
  for (const part of parts) await rename(join(from, part), join(to, part));
}
