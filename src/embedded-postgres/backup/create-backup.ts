import { existsSync } from "node:fs";
import { mkdir, open, readFile, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { PACKAGE_ROOT } from "../../shared/package-root.js";
import { type OnlineCopy, copyOnline } from "../online-backup.js";
import { ArchiveWriter } from "./archive-writer.js";
import { BackupError, MANIFEST, type Manifest, PLATFORM, writeManifest } from "./manifest.js";

/** The suffix of a backup that is being written. */
const UNFINISHED = ".unfinished";
const HOUR_MS = 3_600_000;

/** PostgreSQL recreates these at each start. In a copy, their content would be wrong or needlessly large. */
const LEFT_OUT = new Set([
  ...["postmaster.pid", "postmaster.opts", "server.log", "backup_label", "tablespace_map"],
  ...["pg_internal.init"],
]);
const LEFT_EMPTY = new Set([
  ...["pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots"],
  ...["pg_stat_tmp", "pg_subtrans", "pgsql_tmp"],
]);

/** PostgreSQL's state, which determines how it starts. It must be read consistently. */
const CONTROL_FILE = "global/pg_control";

export interface Backup {
  readonly path: string;
  /** The size of the backup file. */
  readonly bytes: number;
  readonly sha256: string;
  readonly manifest: Manifest;
}

/**
 * Writes a backup of a data folder whose PostgreSQL runs at the URL, without stopping or blocking any client. The
 * file gets its final name only when it is complete and on the disk, so an interrupted backup is never mistaken for
 * a complete one.
 *
 * @param path the path of the backup, which must not exist yet.
 * @param otherDataFiles the other parts of the data folder to include: files, and folders of files.
 */
export async function createBackup(
  {
    dataDir,
    url,
    otherDataFiles,
  }: { dataDir: string; url: string; otherDataFiles: readonly string[] },
  path: string,
): Promise<Backup> {
  if (existsSync(path))
    throw new BackupError(`${path} already exists and was not changed. Choose another path.`);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await removeLeftovers(dirname(path));
  const draft = `${path}.${String(process.pid)}${UNFINISHED}`;
  const archive = new ArchiveWriter(draft);
  try {
    const cluster = join(dataDir, "postgres");
    const database = await copyOnline(url, copyOf(cluster, archive));
    // After the database: a key is stored before the first secret that it encrypts, so no key is missed.
    for (const name of otherDataFiles) await addDataFile(archive, dataDir, name);
    const manifest: Manifest = {
      format: 1,
      createdAt: new Date().toISOString(),
      version: await ownVersion(),
      platform: PLATFORM,
      ...database,
      bytes: archive.files.reduce((sum, { bytes }) => sum + bytes, 0),
      files: [...archive.files],
    };
    await archive.addText(MANIFEST, writeManifest(manifest));
    const sha256 = await archive.finish();
    if (existsSync(path))
      throw new BackupError(`${path} already exists and was not changed. Choose another path.`);
    await rename(draft, path);
    await syncFolder(dirname(path));
    return { path, bytes: (await stat(path)).size, sha256, manifest };
  } catch (error) {
    await archive.abort();
    await rm(draft, { force: true });
    throw error;
  }
}

function copyOf(cluster: string, archive: ArchiveWriter): OnlineCopy {
  return {
    files: async () => {
      await addFolder(archive, cluster, "");
      await archive.addWhole(`postgres/${CONTROL_FILE}`, join(cluster, CONTROL_FILE));
    },
    log: async ({ label, segments }) => {
      await archive.addText("postgres/backup_label", label);
      for (const segment of segments) {
        const name = `pg_wal/${segment}`;
        if (await archive.addFile(`postgres/${name}`, join(cluster, name))) continue;
        throw new Error(`PostgreSQL removed the WAL segment ${segment} before it was copied.`);
      }
    },
  };
}

/** @param path the folder's path within the cluster, empty for the cluster itself. */
async function addFolder(archive: ArchiveWriter, cluster: string, path: string): Promise<void> {
  await archive.addFolder(join("postgres", path));
  if (LEFT_EMPTY.has(basename(path))) return;
  const entries = await readdir(join(cluster, path), { withFileTypes: true });
  for (const entry of entries) {
    const within = path === "" ? entry.name : `${path}/${entry.name}`;
    if (entry.isDirectory()) await addFolder(archive, cluster, within);
    else if (entry.isFile() && !LEFT_OUT.has(entry.name) && within !== CONTROL_FILE) {
      await archive.addFile(`postgres/${within}`, join(cluster, within));
    }
  }
}

async function addDataFile(archive: ArchiveWriter, dataDir: string, name: string): Promise<void> {
  const found = await stat(join(dataDir, name)).catch(() => undefined);
  if (found?.isFile() === true) await archive.addFile(name, join(dataDir, name));
  if (found?.isDirectory() !== true) return;
  await archive.addFolder(name);
  for (const file of await readdir(join(dataDir, name))) {
    await archive.addFile(`${name}/${file}`, join(dataDir, name, file));
  }
}

/** Removes the files of killed backups, which are no longer written. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!/\.tar\.gz\.\d+\.unfinished$/.test(name)) continue;
    if (Date.now() - (await stat(path)).mtimeMs > HOUR_MS) await rm(path, { force: true });
  }
}

/** Flushes a folder, so that new names in it survive a power failure. Not possible and not needed on Windows. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function ownVersion(): Promise<string> {
  const file = join(PACKAGE_ROOT, "package.json");
  return (JSON.parse(await readFile(file, "utf8")) as { version: string }).version;
}
