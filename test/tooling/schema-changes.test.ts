import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const SCRIPT = resolve("scripts/check-schema-changes.mjs");
const run = promisify(execFile);

/** Git without the user's settings, without a user name, and without parent folders that could be a clone. */
const ENV = {
  PATH: process.env["PATH"],
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CEILING_DIRECTORIES: tmpdir(),
  GIT_AUTHOR_NAME: "Test",
  GIT_AUTHOR_EMAIL: "test@example.com",
  GIT_COMMITTER_NAME: "Test",
  GIT_COMMITTER_EMAIL: "test@example.com",
};

const RELEASED = `
  type Query { pocket(slug: String, first: Int = 20): Pocket }
  type Pocket { balance: Int currency: String }
  enum Status { MADE FAILED }
  input Filter { status: Status }
  type Shop { name: String }
`;
/** Changes of the released schema: a string in it, its replacement, and the expected report. */
const BREAKING = [
  ["a removed field", "currency: String", "", "Pocket.currency was removed."],
  ["a removed type", "type Shop { name: String }", "", "Shop was removed."],
  ["a removed enum value", "FAILED", "", "FAILED was removed from enum type Status."],
  ["a changed type", "balance: Int", "balance: String", "Pocket.balance changed type from Int to"],
  [
    "an argument made required",
    "slug: String",
    "slug: String!",
    "Query.pocket arg slug has changed",
  ],
  [
    "a new required argument",
    "first:",
    "last: Int!, first:",
    "A required arg last on Query.pocket was added.",
  ],
  [
    "a new required field of an input",
    "status: Status",
    "status: Status kind: Int!",
    "A required field kind on input type Filter was added.",
  ],
] as const;
const DANGEROUS = [
  ["a new enum value", "FAILED", "FAILED CANCELED", "CANCELED was added to enum type Status."],
  ["a changed default", "first: Int = 20", "first: Int = 50", "has changed defaultValue"],
] as const;

/** The released schema with all changes of a table. */
function changed(changes: typeof BREAKING | typeof DANGEROUS): string {
  return changes.reduce((schema, [, before, after]) => schema.replace(before, after), RELEASED);
}

let parent: string;
let folder: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "pocketcharge-schema-"));
  folder = join(parent, "clone");
  await mkdir(folder);
});

afterEach(() => rm(parent, { recursive: true, force: true }));

async function git(...args: string[]): Promise<void> {
  await run("git", args, { cwd: folder, env: ENV });
}

async function write(schema: string, version: string): Promise<void> {
  await writeFile(join(folder, "schema.graphql"), schema);
  await writeFile(join(folder, "package.json"), JSON.stringify({ version }));
}

async function commit(): Promise<void> {
  await git("add", ".");
  await git("commit", "--quiet", "--allow-empty", "--message", "A change");
}

/** A clone whose last release has the schema above. */
async function release(version: string): Promise<void> {
  await git("init", "--quiet");
  await write(RELEASED, version);
  await commit();
  await git("tag", `v${version}`);
  await commit();
}

/** Gives the clone's release another version. */
async function retag(version: string): Promise<void> {
  const refs = join(folder, ".git", "refs", "tags");
  const [tag = ""] = await readdir(refs);
  await rename(join(refs, tag), join(refs, `v${version}`));
}

async function check(cwd = folder): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    return { code: 0, ...(await run(process.execPath, [SCRIPT], { cwd, env: ENV })) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

describe("a schema compared with that of the last release", () => {
  it("passes before the first release", async () => {
    await git("init", "--quiet");
    await write(RELEASED, "0.1.0");
    await commit();
    expect(await check()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("nothing to compare with") as string,
    });
  });

  it("passes unchanged, and with compatible changes", async () => {
    await release("1.2.3");
    expect((await check()).code).toBe(0);
    await write(RELEASED.replace("currency: String", "currency: String! name: String"), "1.2.3");
    expect(await check()).toEqual({
      code: 0,
      stdout: "Nothing breaks clients of v1.2.3.\n",
      stderr: "",
    });
  });

  it("is refused with every breaking change, not only the first", async () => {
    await release("1.2.3");
    await write(changed(BREAKING), "1.9.0");
    const { code, stdout, stderr } = await check();
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining("Version 1.9.0 must not break clients of v1.2.3.") as string,
    });
    for (const [, , , report] of BREAKING) expect(stdout).toContain(`breaking: ${report}`);
    expect(stdout.match(/^breaking: /gm)).toHaveLength(BREAKING.length);
  });

  it("passes with dangerous changes, which are reported", async () => {
    await release("1.2.3");
    await write(changed(DANGEROUS), "1.2.3");
    const { code, stdout } = await check();
    expect(code).toBe(0);
    for (const [, , , report] of DANGEROUS) expect(stdout).toContain(report);
    expect(stdout.match(/^note: /gm)).toHaveLength(DANGEROUS.length);
  });

  it("that breaks clients can be released only as a version that may break them", async () => {
    await release("0.0.0");
    for (const [before, version, mayBreak] of [
      ["1.2.3", "2.0.0", true],
      ["1.2.3", "2.0.0-rc.1", true],
      ["1.2.3", "3.1.4", true],
      ["9.2.3", "10.0.0", true],
      ["0.1.4", "0.2.0", true],
      ["0.1.4", "1.0.0", true],
      ["0.9.4", "0.10.0", true],
      ["1.2.3", "1.3.0", false],
      ["0.1.4", "0.1.5", false],
      ["2.0.0", "1.9.9", false],
      ["0.3.0", "0.2.9", false],
    ] as const) {
      await retag(before);
      await write(RELEASED.replace("FAILED", ""), version);
      const { code, stdout } = await check();
      expect({ before, version, mayBreak: code === 0 }).toEqual({ before, version, mayBreak });
      expect(stdout).toContain("breaking: FAILED was removed");
    }
  });

  it("is compared with the newest earlier release, and not with an older one or another tag", async () => {
    await release("1.0.0");
    const withoutCurrency = RELEASED.replace("currency: String", "");
    await write(withoutCurrency, "2.0.0");
    await commit();
    await git("tag", "--annotate", "--message", "A release", "v2.0.0");
    await commit();
    await git("tag", "very-new");
    await write(withoutCurrency, "2.0.1");
    expect((await check()).stdout).toBe("Nothing breaks clients of v2.0.0.\n");
  });

  it("passes if the release had no schema", async () => {
    await git("init", "--quiet");
    await commit();
    await git("tag", "v0.0.1");
    await write(RELEASED, "0.1.0");
    await commit();
    expect(await check()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("The release v0.0.1 has no schema.graphql") as string,
    });
  });

  it("is found in a subfolder of a clone", async () => {
    const clone = folder;
    await git("init", "--quiet");
    folder = join(clone, "server");
    await mkdir(folder);
    await release("1.0.0");
    await write(RELEASED.replace("FAILED", ""), "1.0.1");
    expect((await check()).code).toBe(1);
  });
});

describe("a schema without its history", () => {
  it("is refused in a shallow clone, which may hide the last release", async () => {
    await release("1.0.0");
    await write(RELEASED.replace("FAILED", ""), "1.0.1");
    await commit();
    const shallow = join(parent, "shallow");
    const origin = pathToFileURL(folder).href;
    await git("clone", "--quiet", "--depth=1", "--no-tags", origin, shallow);
    expect(await check(shallow)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("git fetch --tags --unshallow") as string,
    });
    await run("git", ["fetch", "--quiet", "--tags", "--unshallow"], { cwd: shallow, env: ENV });
    expect((await check(shallow)).stdout).toContain("breaking: FAILED was removed");
  });

  it("passes in an unpacked archive, which has nothing to compare with", async () => {
    await write(RELEASED, "1.0.0");
    expect(await check()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("not in a git clone") as string,
    });
  });

  it("passes in an archive that was unpacked inside another project's clone", async () => {
    const other = folder;
    await git("init", "--quiet");
    await commit();
    await git("tag", "v7.0.0");
    folder = join(other, "unpacked");
    await mkdir(folder);
    await write(RELEASED, "1.0.0");
    expect((await check()).stdout).toContain("not in a git clone");
  });

  it("is refused when git fails for another reason, which is shown", async () => {
    await release("1.0.0");
    await writeFile(join(folder, ".git", "config"), "[broken");
    const { code, stderr } = await check();
    expect(code).toBe(1);
    expect(stderr).toContain("bad config");
  });
});
