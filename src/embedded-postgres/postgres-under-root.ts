import { execFile } from "node:child_process";
import { existsSync, lstatSync, statSync } from "node:fs";
import { cp, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** PostgreSQL refuses to run as root. Under root its programs run as another user of the system. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user to run PostgreSQL as: who owns the cluster, else `postgres`, else `nobody`.
 *
 * @throws when there is none of them.
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

/** Whether the user may pass through the folder and all above it. */
export function isOpenTo({ uid }: SystemUser, folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    const { mode, uid: owner } = statSync(at);
    const mayEnter = owner === uid ? (mode & 0o100) !== 0 : (mode & 0o001) !== 0;
    if (!mayEnter) return false;
    if (at === dirname(at)) return true;
  }
}

/**
 * The programs where the user may run them. A clone below /root or in a fresh temporary folder is
 * closed to every user but root; the programs are then copied to a folder that is open, once for each
 * version of them, and that only root may write to.
 */
export async function openPlaceOf(programs: string, user: SystemUser): Promise<string> {
  if (isOpenTo(user, join(programs, "bin"))) return programs;
  const shared = [tmpdir(), "/var/tmp", "/tmp"].find(
    (folder) => existsSync(folder) && isOpenTo(user, folder),
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
    // The name is taken: by another start that copied the same, or by what is not to be trusted.
    if (!isTrustworthy(place)) return copy;
    await rm(copy, { recursive: true, force: true });
    return place;
  }
}

/** Anyone may put a folder of that name there; root's own, closed to writing, is the copy. */
function isTrustworthy(place: string): boolean {
  const found = lstatSync(place, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === 0 && (found.mode & 0o022) === 0;
}

/**
 * What to put before a command that works in a folder which is closed to its user: it keeps root's
 * right to pass through folders, and nothing else of root.
 */
export function passingFolders(user: SystemUser): string[] {
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
    `PostgreSQL does not run as root, and user ${String(uid)}, whom it would run as, may not enter ` +
      "this folder. Start as another user, open the folders with chmod o+x, or set DATABASE_URL.",
  );
}
