import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { PostgresCluster } from "../postgres-cluster.js";
import { markRestore, unmarkRestore } from "../restore-mark.js";
import { syncFolder } from "./create-backup.js";
import { BackupError } from "./manifest.js";

/**
 * Moves the parts of a data folder to their places, and aside what is there. When it is cut off, the mark
 * in the folder keeps a server from starting on what is left, and tells where everything is.
 *
 * @returns where those are that were there, if any.
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
  // The names are on the disk before the mark is gone from it.
  await move(made, from, dataDir);
  await syncFolder(dataDir);
  await unmarkRestore(dataDir);
  await syncFolder(dataDir);
  return old.length > 0 ? aside : undefined;
}

/** A server may have begun to start before the mark stood there. */
async function requireStopped(old: string[], dataDir: string, aside: string): Promise<void> {
  if (!(await new PostgresCluster(aside, []).isRunning())) return;
  await move(old, aside, dataDir);
  await unmarkRestore(dataDir);
  throw new BackupError(
    `A server has started on the data folder ${dataDir} meanwhile. It was left alone, and nothing restored.`,
  );
}

async function move(parts: readonly string[], from: string, to: string): Promise<void> {
  for (const part of parts) await rename(join(from, part), join(to, part));
}
