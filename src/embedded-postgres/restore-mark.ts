import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const MARK = "restore-unfinished";

/** A restore is replacing the data in the folder, or was interrupted while doing so. */
export class RestoreUnfinishedError extends Error {
  override readonly name = "RestoreUnfinishedError";
}

/**
 * Marks a data folder while a restored cluster replaces the existing one. This is not atomic: a server that
 * started in between would find no cluster and create an empty one.
 */
export async function markRestore(dataDir: string, previousData: string): Promise<void> {
  await writeFile(join(dataDir, MARK), previousData, { mode: 0o600, flush: true });
}

export async function unmarkRestore(dataDir: string): Promise<void> {
  await rm(join(dataDir, MARK), { force: true });
}

/** @throws RestoreUnfinishedError if the folder's data is not in place. */
export async function requireNoRestore(dataDir: string): Promise<void> {
  const previousData = await readFile(join(dataDir, MARK), "utf8").catch(() => undefined);
  if (previousData === undefined) return;
  throw new RestoreUnfinishedError(
    `A restore into the data folder ${dataDir} is at its last step or was interrupted there. Run it again ` +
      `with --replace. To return to the previous data instead, move the contents of ${previousData} ` +
      `into the data folder and remove the file ${join(dataDir, MARK)}.`,
  );
}
