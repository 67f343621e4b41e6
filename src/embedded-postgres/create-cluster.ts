import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chown, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { PostgresPrograms } from "./postgres-programs.js";

/** The superuser of a cluster, as which this program connects. */
export const USER = "postgres";
const HOUR_MS = 3_600_000;

/**
 * Settings for tables that mostly grow, in postgresql.conf, where an operator can change them. compose.yaml has the
 * same. `npm run bench -- settings` measures the effect of each.
 */
export const LEDGER_SETTINGS: Readonly<Record<string, string>> = {
  // Keep the newest part of every index in memory.
  shared_buffers: "256MB",
  // A checkpoint makes the next change of each page write the whole page to the log.
  max_wal_size: "4GB",
  wal_compression: "on",
  // In memory and on an SSD, random reads cost as much as sequential ones.
  random_page_cost: "1.1",
  // New rows are frozen and counted in small steps, a few seconds after they are written.
  autovacuum_naptime: "15s",
  autovacuum_vacuum_insert_scale_factor: "0.05",
  autovacuum_analyze_scale_factor: "0.05",
};

/** The prefix of the folder in which a cluster is created, until it is complete. */
const WORKSHOP = "unfinished-";

/**
 * Creates a cluster in a temporary folder and then renames it, so that a folder with the final name is always
 * complete. The superuser has a random password, stored in the file `password` in the folder.
 */
export async function createCluster(dir: string, programs: PostgresPrograms): Promise<void> {
  const dataDir = dirname(dir);
  await removeLeftovers(dataDir);
  const workshop = await mkdtemp(join(dataDir, WORKSHOP));
  const unfinished = join(workshop, "postgres");
  const passwordFile = join(workshop, "password");
  const { owner } = programs;
  try {
    await mkdir(unfinished, { mode: 0o700 });
    await writeFile(passwordFile, randomBytes(24).toString("hex"), { mode: 0o600 });
    if (owner) {
      for (const path of [workshop, unfinished, passwordFile]) {
        await chown(path, owner.uid, owner.gid);
      }
    }
    await programs.run("initdb", [
      `--pgdata=${unfinished}`,
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      ...Object.entries(LEDGER_SETTINGS).map(([name, value]) => `--set=${name}=${value}`),
    ]);
    await rename(passwordFile, join(unfinished, "password"));
    await rename(unfinished, dir);
  } catch (error) {
    // Another process has created the cluster in the same way at the same time.
    if (!existsSync(dir)) throw error;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/** Removes the folders of killed starts. Creating a cluster never takes an hour. */
async function removeLeftovers(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const path = join(dataDir, name);
    if (!name.startsWith(WORKSHOP) || Date.now() - (await stat(path)).mtimeMs < HOUR_MS) continue;
    await rm(path, { recursive: true, force: true });
  }
}
