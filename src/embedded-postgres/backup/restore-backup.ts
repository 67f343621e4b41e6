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
  /** Whether to move an existing database aside. If false, an existing database is an error. */
  readonly replaces: boolean;
  /** The parts of a data folder; the cluster first. */
  readonly parts: readonly string[];
  /** Verifies the restored database before it is put in place. If it throws, the restore is aborted. */
  readonly prove: (restored: { url: string; dataDir: string; manifest: Manifest }) => Promise<void>;
}

/**
 * Restores a backup into a data folder. The backup is extracted to a temporary folder, checked against its manifest,
 * started and verified, and only then put in place. Until then, existing data stays unchanged, even if the restore
 * fails or is killed.
 *
 * @returns the folder to which existing data was moved; undefined if there was none.
 * @throws BackupError if the backup cannot be restored, or not into this folder.
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
      `PostgreSQL is running on the data folder ${dataDir}. Nothing was restored. Stop the server that uses it ` +
        "first, or restore into another folder with --to.",
    );
  }
  if (replaces || !parts.some((part) => existsSync(join(dataDir, part)))) return;
  throw new BackupError(
    `The data folder ${dataDir} already has a database. Nothing was restored. Restore into another folder with --to, ` +
      "or use --replace, which moves the existing database aside without deleting it.",
  );
}

/** Refuses backups that this machine cannot run, and makes PostgreSQL the owner of the files. */
async function prepare(workshop: string, manifest: Manifest): Promise<void> {
  const cluster = join(workshop, "postgres");
  if (manifest.platform !== PLATFORM) {
    throw new BackupError(
      `The backup was created on ${manifest.platform}, and this is ${PLATFORM}. PostgreSQL's files work only on ` +
        "the same platform. Restore it there.",
    );
  }
  const { owner, majorVersion } = await findPostgresPrograms(cluster);
  if (majorVersion !== manifest.postgresVersion.split(".")[0]) {
    throw new BackupError(
      `The backup is from PostgreSQL ${manifest.postgresVersion}, and this version of the server has ` +
        `${majorVersion}. Restore it with the version that created it, ${manifest.version}.`,
    );
  }
  if (owner === undefined) return;
  const names = await readdir(cluster, { recursive: true });
  for (const path of [workshop, cluster, ...names.map((name) => join(cluster, name))]) {
    await chown(path, owner.uid, owner.gid);
  }
}
