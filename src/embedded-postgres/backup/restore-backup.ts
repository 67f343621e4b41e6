import { existsSync } from "node:fs";
import { chown, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { openEmbeddedPostgres } from "../embedded.js";
import { PostgresCluster } from "../postgres-cluster.js";
import { findPostgresPrograms } from "../postgres-programs.js";
import { extract } from "./archive-reader.js";
import { BackupError, type Manifest, PLATFORM } from "./manifest.js";
import { putInPlace } from "./put-in-place.js";

export interface RestoreOptions {
  readonly file: string;
  readonly dataDir: string;
  /** Whether a database that is there is moved aside; else it keeps the folder from being restored into. */
  readonly replaces: boolean;
  /** What of a data folder belongs to its database; the cluster first. */
  readonly parts: readonly string[];
  /** Looks at the restored database, before it takes its place. What it throws ends the restore. */
  readonly prove: (restored: { url: string; dataDir: string; manifest: Manifest }) => Promise<void>;
}

/**
 * Restores a backup into a data folder. It is unpacked beside what is there, held against its manifest,
 * started and looked at, and only then put in its place: until then nothing has changed, whatever fails
 * or is killed.
 *
 * @returns the folder to which the earlier data was moved; undefined when there was none.
 * @throws BackupError when it cannot be restored, or not there.
 */
export async function restoreBackup(options: RestoreOptions): Promise<string | undefined> {
  const { file, dataDir, replaces, parts, prove } = options;
  await requireFree(dataDir, parts, replaces);
  await mkdir(dataDir, { recursive: true });
  const workshop = await mkdtemp(join(dataDir, "restoring-"));
  try {
    const manifest = await extract(file, workshop);
    await prepare(workshop, manifest);
    const postgres = await openEmbeddedPostgres({ dataDir: workshop, purpose: "serve" });
    try {
      await prove({ url: postgres.url, dataDir: workshop, manifest });
    } finally {
      await postgres.stop();
    }
    return await putInPlace({ from: workshop, dataDir, parts });
  } finally {
    await rm(workshop, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function requireFree(
  dataDir: string,
  parts: readonly string[],
  replaces: boolean,
): Promise<void> {
  if (await new PostgresCluster(dataDir, []).isRunning()) {
    throw new BackupError(
      `A PostgreSQL runs on the data folder ${dataDir}. It was left alone. Stop the server that uses it ` +
        "first, or restore into another folder with --to.",
    );
  }
  if (replaces || !parts.some((part) => existsSync(join(dataDir, part)))) return;
  throw new BackupError(
    `The data folder ${dataDir} has a database. It was left alone. Restore into another folder with --to, ` +
      "or with --replace, which moves aside what is there and removes nothing.",
  );
}

/** Refuses what this machine cannot start, and gives PostgreSQL its files. */
async function prepare(workshop: string, manifest: Manifest): Promise<void> {
  const cluster = join(workshop, "postgres");
  if (manifest.platform !== PLATFORM) {
    throw new BackupError(
      `The backup was made on ${manifest.platform}, and this is ${PLATFORM}: PostgreSQL's files are made ` +
        "for one platform. Restore it there.",
    );
  }
  const { owner, majorVersion } = await findPostgresPrograms(cluster);
  if (majorVersion !== manifest.postgresVersion.split(".")[0]) {
    throw new BackupError(
      `The backup is of PostgreSQL ${manifest.postgresVersion}, and this version of the server has ` +
        `${majorVersion}. Restore it with the version that made it, ${manifest.version}.`,
    );
  }
  if (owner === undefined) return;
  const names = await readdir(cluster, { recursive: true });
  for (const path of [workshop, cluster, ...names.map((name) => join(cluster, name))]) {
    await chown(path, owner.uid, owner.gid);
  }
}
