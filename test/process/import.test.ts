import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { csv, refusalOfFile } from "../support/imports.js";
import { balanceOf, newPhoneNumber } from "../support/pockets.js";
import { DataFolder, type RunningProgram, type ServerProcess } from "../support/process.js";
import { POLL, WAIT_TIMEOUT_MS } from "../support/wait-timeout.js";

const GROUP = "my-pocket-group";
const HEADER = "phone_number,amount";

let folder: DataFolder;
let server: ServerProcess;

beforeAll(async () => {
  folder = await DataFolder.afterFirstStart();
  server = await folder.startServer({ IMPORTS_MAX: "1" });
});

afterAll(() => folder.remove());

function pathOf(name: string): string {
  return join(folder.path, "..", name);
}

/** Writes a file. @returns its path. */
async function fileWith(name: string, content: string): Promise<string> {
  await writeFile(pathOf(name), content);
  return pathOf(name);
}

function launchImport(args: readonly string[], env: Record<string, string> = {}): RunningProgram {
  const access = { POCKETCHARGE_URL: new URL(server.url).origin, POCKETCHARGE_TOKEN: server.token };
  return folder.launch("commands/import", { ...access, ...env }, false, args);
}

async function runImport(args: readonly string[], env: Record<string, string> = {}) {
  const program = launchImport(args, env);
  const exitCode = await program.ended();
  return { exitCode, stdout: program.stdout, stderr: program.stderr };
}

async function query<Row>(statement: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: await folder.databaseUrl() });
  await client.connect();
  try {
    return (await client.query(statement, values)).rows as Row[];
  } finally {
    await client.end();
  }
}

describe("npm run import", () => {
  it("charges the rows of a file, and exits with 0 if none is refused", async () => {
    const number = newPhoneNumber();
    const path = await fileWith("good.csv", csv(HEADER, `${number},1000`, `${number},2500`));
    const { exitCode, stdout, stderr } = await runImport([path, "--group", GROUP]);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toBe("2 charges: 2 made (3,500 in the minor unit of IRR)\n");
    expect(await balanceOf(server, server.token, GROUP, number)).toBe(3_500);
    const again = await runImport([path, "--group", GROUP]);
    expect(again.exitCode).toBe(0);
    expect(again.stdout).toContain("2 were made before, and not again (3,500 in");
    expect(again.stderr).toContain("This file was first imported at ");
    const named = await runImport([path, "--group", GROUP, "--again", "second"]);
    expect(named.stdout).toContain("2 charges: 2 made");
    expect(await balanceOf(server, server.token, GROUP, number)).toBe(7_000);
    const debits = ["--kind", "debits"];
    expect((await runImport([path, "--group", GROUP, ...debits])).stdout).toContain(
      "2 debits: 2 made",
    );
    expect(await balanceOf(server, server.token, GROUP, number)).toBe(3_500);
  });

  it("writes the refused rows, which can be repaired and imported, and exits with 1", async () => {
    const [number, other] = [newPhoneNumber(), newPhoneNumber()];
    const path = await fileWith("bad.csv", csv(HEADER, `${number},10`, `${other},1.5`, "123,5"));
    const results = pathOf("results.csv");
    const { exitCode, stdout, stderr } = await runImport([
      path,
      "--group",
      GROUP,
      "--results",
      results,
    ]);
    expect(exitCode, stderr).toBe(1);
    expect(stderr).toContain('Line 3: The amount "1.5" has a separator.');
    expect(stdout).toContain("2 refused: 1 INVALID_AMOUNT, 1 INVALID_PHONE_NUMBER");
    expect(stdout).toContain(`The refused rows are in ${results}.`);
    const refused = await readFile(results, "utf8");
    expect(refused.split("\r\n")).toHaveLength(4);
    const repaired = refused
      .replace(`${other},1.5,`, `${other},15,`)
      .replace("123,5,", `${number},5,`);
    const next = await runImport([await fileWith("repaired.csv", repaired), "--group", GROUP]);
    expect(next).toMatchObject({
      exitCode: 0,
      stdout: "2 charges: 2 made (20 in the minor unit of IRR)\n",
    });
    expect(await balanceOf(server, server.token, GROUP, number)).toBe(15);
  });

  it("reports what would happen, and changes nothing", async () => {
    const number = newPhoneNumber();
    const path = await fileWith("dry.csv", csv(HEADER, `${number},10`, "123,5"));
    const results = pathOf("dry-results.csv");
    const { exitCode, stdout } = await runImport([
      path,
      "--group",
      GROUP,
      "--dry-run",
      "--results",
      results,
    ]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("2 charges: 1 would be made (10 in the minor unit of IRR)");
    expect(stdout).toContain("Nothing was changed.");
    expect(await readFile(results, "utf8")).toContain(
      `${number},10,,2,1,SUCCESS,,The charge would be successful.`,
    );
    expect(await balanceOf(server, server.token, GROUP, number)).toBeNull();
  });

  it.each([
    [
      "a file that cannot be read",
      ["missing.csv", "--group", GROUP],
      {},
      "missing.csv cannot be read",
    ],
    ["no group", ["good.csv"], {}, "Name the pocket group with --group."],
    [
      "another kind",
      ["good.csv", "--group", GROUP, "--kind", "x"],
      {},
      '--kind is charges or debits, not "x".',
    ],
    ["an unknown group", ["good.csv", "--group", "x"], {}, "There is no pocket group"],
    ["no token", ["good.csv", "--group", GROUP], { POCKETCHARGE_TOKEN: "" }, "There is no token."],
  ])("exits with 2 and says what to do for %s", async (_, [name = "", ...args], env, message) => {
    await fileWith("good.csv", csv(HEADER, "989120000000,1"));
    const { exitCode, stderr } = await runImport([pathOf(name), ...args], env);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it("exits with 2 and the line for a file that cannot be read, and leaves no results", async () => {
    const results = pathOf("none.csv");
    const path = await fileWith("wrong.csv", `${HEADER}\n1,2\n1,2,3\n`);
    const { exitCode, stderr } = await runImport([path, "--group", GROUP, "--results", results]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("Line 3 (row 2) has 3 cells, but the header has 2.");
    expect([existsSync(results), existsSync(`${results}.part`)]).toEqual([false, false]);
  });

  it("overwrites neither the imported file nor another one", async () => {
    const number = newPhoneNumber();
    const content = csv(HEADER, `${number},10`, "123,5");
    const path = await fileWith("input.csv", content);
    const results = await fileWith("mine.csv", "mine");
    const args = [path, "--group", GROUP];
    const onItself = await runImport([...args, "--results", path, "--replace"]);
    expect(onItself).toMatchObject({ exitCode: 2, stdout: "" });
    expect(onItself.stderr).toContain("The results would overwrite the file that is imported");
    const onOther = await runImport([...args, "--results", results]);
    expect(onOther.exitCode).toBe(2);
    expect(onOther.stderr).toContain("mine.csv exists already.");
    const nowhere = await runImport([...args, "--results", pathOf("none/results.csv")]);
    expect(nowhere.exitCode).toBe(2);
    expect(nowhere.stderr).toContain("The results cannot be written to");
    expect(await readFile(path, "utf8")).toBe(content);
    expect(await readFile(results, "utf8")).toBe("mine");
    expect(await balanceOf(server, server.token, GROUP, number)).toBeNull();
    expect((await runImport([...args, "--results", results, "--replace"])).exitCode).toBe(1);
    expect(await readFile(results, "utf8")).toContain("INVALID_PHONE_NUMBER");
  });

  it("continues after the server was killed, and charges each row once", async () => {
    const count = 20_000;
    const numbers = Array.from({ length: count }, () => newPhoneNumber());
    const path = await fileWith("killed.csv", csv(HEADER, ...numbers.map((one) => `${one},7`)));
    const results = pathOf("killed-results.csv");
    const madeSoFar = async (): Promise<number> => {
      const statement = `select count(*)::int as count from pocket_ledger where phone_number = any($1)`;
      return (await query<{ count: number }>(statement, [numbers]))[0]!.count;
    };
    const program = launchImport([path, "--group", GROUP, "--results", results]);
    await vi.waitFor(async () => {
      expect(await madeSoFar()).toBeGreaterThan(0);
    }, POLL);
    const { port } = server;
    await server.program.kill();
    expect(program.hasEnded).toBe(false);
    server = await folder.startServer({ PORT: port, IMPORTS_MAX: "1" });
    expect(await program.ended(2 * WAIT_TIMEOUT_MS), program.output).toBe(0);
    expect(program.stderr).toContain("Sending the file again in");
    expect(program.stdout).toMatch(
      /^20,000 charges: [\d,]+ made .*\n[\d,]+ were made before, and not again/,
    );
    const rows = await query<{ count: number; distinct: number }>(
      `select count(*)::int as count, count(distinct phone_number)::int as distinct
       from pocket_ledger where phone_number = any($1)`,
      [numbers],
    );
    expect(rows).toEqual([{ count, distinct: count }]);
    expect((await readFile(results, "utf8")).split("\r\n")).toHaveLength(2);
  });
});

describe("a server", () => {
  it("receives a large file without keeping it in memory", async () => {
    const pid = server.program.pid;
    // The last row is wrong, so that all rows are read and none is charged.
    const row = `989120000000,1,${"x".repeat(150)}\n`;
    const file = `${HEADER},reference\n${row.repeat(550_000)}1\n`;
    expect(file.length).toBeGreaterThan(90_000_000);
    const before = await peakMemory(pid);
    const { errors } = await refusalOfFile(server, server.token, GROUP, Buffer.from(file));
    expect(errors[0]!.meta).toEqual({ line: 550_002, row: 550_001 });
    expect((await peakMemory(pid)) - before).toBeLessThan(100_000_000);
  });

  it("ends imports when it stops, and says that the same file continues them", async () => {
    const numbers = Array.from({ length: 20_000 }, () => newPhoneNumber());
    const path = await fileWith("stopped.csv", csv(HEADER, ...numbers.map((one) => `${one},7`)));
    const program = launchImport([path, "--group", GROUP]);
    await vi.waitFor(async () => {
      const rows = await query("select from pocket_ledger where phone_number = $1", [numbers[0]]);
      expect(rows).toHaveLength(1);
    }, POLL);
    expect(await server.stop()).toBe(0);
    await vi.waitFor(() => {
      expect(program.stderr).toContain("The server is stopping. The rows so far are done.");
    }, POLL);
    program.signal("SIGINT");
    expect(await program.ended()).toBe(130);
    expect(program.stderr).toContain("Import the same file again to continue");
  });
});

/** The most memory that a process has had, in bytes. */
async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${String(pid)}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1_024;
}
