import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import pg from "pg";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
  DataFolderNameError,
  PostgresCluster,
} from "../../src/embedded-postgres/postgres-cluster.js";
import { DataFolder, tokenIn } from "../support/process.js";
import { POLL } from "../support/wait-timeout.js";

/** A folder for one test, either from an earlier start or not created yet. */
async function newFolder(made = DataFolder.afterFirstStart()): Promise<DataFolder> {
  const folder = await made;
  onTestFinished(() => folder.remove());
  return folder;
}

describe("npm start", () => {
  it("stops when npm's shell ends without forwarding the signal", async () => {
    const folder = await newFolder();
    // `; true` keeps the shell process between npm and the server, as some shells do by default.
    const command = `"${process.execPath}" scripts/run.mjs main; true`;
    const shell = spawn("sh", ["-c", command], {
      env: {
        PATH: process.env["PATH"],
        npm_lifecycle_event: "start",
        DATA_DIR: folder.path,
        PORT: "0",
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    shell.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    await vi.waitFor(() => {
      expect(output).toContain("is ready");
    }, POLL);
    shell.kill("SIGKILL");
    await vi.waitFor(() => {
      expect(output).toContain('"msg":"stopped"');
    }, POLL);
    expect(folder.hasPostmasterFile).toBe(false);
  });
});

describe("a start after a killed one", () => {
  it("while it created the cluster succeeds, and removes leftovers older than an hour", async () => {
    const folder = await newFolder(DataFolder.create());
    const old = join(folder.path, "unfinished-old");
    const recent = join(folder.path, "unfinished-recent");
    for (const path of [old, recent]) await mkdir(join(path, "postgres"), { recursive: true });
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    await utimes(old, longAgo, longAgo);
    await folder.startServer({ DEMO: "false" });
    expect([existsSync(old), existsSync(recent)]).toEqual([false, true]);
  });

  it("while it created the demo creates the rest, and prints a working token", async () => {
    const folder = await newFolder();
    await (await folder.startServer()).program.kill();
    const client = new pg.Client({ connectionString: await folder.databaseUrl() });
    await client.connect();
    await client.query("delete from api_tokens");
    // Delete the demo's last records, as if its creation had been interrupted.
    await client.query("truncate payment_refunds, payment_charges, payment_status_changes");
    await client.query("delete from payment_authorizations");
    await client.query("delete from employees");
    await client.query("delete from pocket_group_grants");
    await client.end();
    await rm(join(folder.path, "demo-token"));

    const server = await folder.startServer();
    const data = await server.ask<{
      viewer: { employee: { name: string } | null };
      paymentCharges: { totalCount: number };
      customers: { totalCount: number };
    }>(
      server.token,
      `{ viewer { employee { name } } pocketGroup(slug: "my-pocket-group") { slug }
         paymentCharges { totalCount } customers { totalCount } }`,
    );
    expect(data.viewer.employee?.name).toBe("Sara Demo");
    expect(data.paymentCharges.totalCount).toBe(360);
    expect(data.customers.totalCount).toBe(12);
  });

  it("is not misled by a lock file with another program's process id", async () => {
    const folder = await newFolder();
    const file = join(folder.path, "postgres", "postmaster.pid");
    await writeFile(file, `${String(process.pid)}\n${folder.path}\n0\n5432\n\n127.0.0.1\n`);
    await folder.startServer();
    expect((await readFile(file, "utf8")).split("\n")[0]).not.toBe(String(process.pid));
  });
});

describe("commands", () => {
  it("that run at the same time do not stop each other's PostgreSQL", async () => {
    const folder = await newFolder();
    const printed = await Promise.all(
      Array.from({ length: 4 }, () => folder.run("commands/operator-token")),
    );
    expect(new Set(printed.map(tokenIn)).size).toBe(4);
    expect(folder.hasPostmasterFile).toBe(false);
  });
});

describe("a data folder", () => {
  it("with $HOME in its path is refused, because a shell would expand it", async () => {
    const folder = await newFolder(DataFolder.create());
    const path = join(dirname(folder.path), "with $HOME");
    const program = folder.launch("main", { DATA_DIR: path });
    expect(await program.ended()).toBe(1);
    expect(program.stderr).toContain(`The data folder ${path} cannot be used`);
    expect(program.stderr).not.toContain("    at ");
    expect(existsSync(path)).toBe(false);
  });

  it.each(['with "quotes"', "with `id`", "with \\", "with a line\nbreak"])(
    "%j in its path is refused as well",
    async (name) => {
      const folder = await newFolder(DataFolder.create());
      const path = join(dirname(folder.path), name);
      await expect(new PostgresCluster(path, []).open()).rejects.toThrow(DataFolderNameError);
      expect(existsSync(path)).toBe(false);
    },
  );

  it("with a space, an accent and a single quote in its path works", async () => {
    const folder = await newFolder(DataFolder.create());
    const path = join(dirname(folder.path), "it's a dâta folder");
    const server = await folder.startServer({ DATA_DIR: path, DEMO: "false" });
    expect(existsSync(join(path, "postgres", "postmaster.pid"))).toBe(true);
    server.program.signal("SIGTERM");
    expect(await server.program.ended()).toBe(0);
  });
});
