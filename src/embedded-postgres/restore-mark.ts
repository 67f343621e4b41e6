import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const MARK = "restore-unfinished";

/** A data folder whose data is being exchanged, or where that was cut off half-way. */
export class RestoreUnfinishedError extends Error {
  override readonly name = "RestoreUnfinishedError";
}

/**
 * Stands in a data folder while a restored cluster takes the place of the one before it, which no file
 * system does at once: a start that found neither would make an empty database.
 */
export async function markRestore(dataDir: string, whereTheOldIs: string): Promise<void> {
  await writeFile(join(dataDir, MARK), whereTheOldIs, { mode: 0o600, flush: true });
}

export async function unmarkRestore(dataDir: string): Promise<void> {
  await rm(join(dataDir, MARK), { force: true });
}

/** @throws RestoreUnfinishedError when the folder's data is not in its place. */
export async function requireNoRestore(dataDir: string): Promise<void> {
  const whereTheOldIs = await readFile(join(dataDir, MARK), "utf8").catch(() => undefined);
  if (whereTheOldIs === undefined) return;
  throw new RestoreUnfinishedError(
    `A restore into the data folder ${dataDir} is at its last step, or was cut off there. Run it again ` +
      `with --replace. To have the data back that was there before, move what is in ${whereTheOldIs} up ` +
      `into the data folder instead, and remove the file ${join(dataDir, MARK)}.`,
  );
}
