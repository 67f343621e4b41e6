import { execFile } from "node:child_process";
import { existsSync, lstatSync, statSync } from "node:fs";
import { cp, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The system user as which PostgreSQL's programs run under root, because PostgreSQL refuses to run as root. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user as which to run PostgreSQL: the cluster's owner, otherwise `postgres`, otherwise `nobody`.
 *
 * @throws if none of them exists.
 */
export async function findOwner(clusterDir: string): Promise<SystemUser> {
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
    "PostgreSQL does not run as root, and neither the user `postgres` nor `nobody` exists. " +
      "Start the server as another user, or set DATABASE_URL.",
  );
}

async function readId(flag: "-u" | "-g", user: string): Promise<number | undefined> {
  try {
    return Number((await run("id", [flag, user])).stdout);
  } catch {
    return undefined; // the user does not exist
  }
}

/** Whether the user can traverse the folder and its parents. */
export function isAccessibleTo({ uid }: SystemUser, folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    const { mode, uid: owner } = statSync(at);
    const mayEnter = owner === uid ? (mode & 0o100) !== 0 : (mode & 0o001) !== 0;
    if (!mayEnter) return false;
    if (at === dirname(at)) return true;
  }
}

/**
 * A path to the programs that the user can access. A clone below /root or in a new temporary folder is accessible
 * only to root. In this case, each version of the programs is copied once to an accessible folder that only root
 * can write.
 */
export async function accessibleFolderOf(programs: string, user: SystemUser): Promise<string> {
  if (isAccessibleTo(user, join(programs, "bin"))) return programs;
  const shared = [tmpdir(), "/var/tmp", "/tmp"].find(
    (folder) => existsSync(folder) && isAccessibleTo(user, folder),
  );
  if (shared === undefined) throw closedError(user);
  const manifest = await readFile(join(dirname(programs), "package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  const place = join(shared, `pocketcharge-postgres-${version}-${process.arch}`);
  if (isTrustworthy(place)) return place;

  const copy = await mkdtemp(`${place}-`);
  await cp(programs, copy, { recursive: true, verbatimSymlinks: true });
  await run("chmod", ["-R", "go=rX", copy]);
  try {
    await rename(copy, place);
    return place;
  } catch {
    // The name exists: another start has made the same copy, or the folder is not trustworthy.
    if (!isTrustworthy(place)) return copy;
    await rm(copy, { recursive: true, force: true });
    return place;
  }
}

/** Any user can create a folder with this name. Trust it only if root owns it and only root can write it. */
function isTrustworthy(place: string): boolean {
  const found = lstatSync(place, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === 0 && (found.mode & 0o022) === 0;
}

/**
 * The prefix for a command that works in a folder that its user cannot access: it keeps root's permission to
 * traverse folders, and no other.
 */
export function traversalPrefix(user: SystemUser): string[] {
  const setpriv = ["/usr/bin/setpriv", "/bin/setpriv"].find((path) => existsSync(path));
  if (setpriv === undefined) throw closedError(user);
  const rights = "-all,+dac_override";
  return [
    setpriv,
    `--reuid=${String(user.uid)}`,
    `--regid=${String(user.gid)}`,
    "--clear-groups",
    `--inh-caps=${rights}`,
    `--ambient-caps=${rights}`,
    "--",
  ];
}

function closedError({ uid }: SystemUser): Error {
  return new Error(
    `PostgreSQL does not run as root, and the user ${String(uid)}, as which it would run, cannot access ` +
      "this folder. Start as another user, run chmod o+x on the folders, or set DATABASE_URL.",
  );
}
