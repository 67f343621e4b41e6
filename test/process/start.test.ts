import { existsSync } from "node:fs";
import { readFile, readdir, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createDatabaseUrl } from "../support/database.js";
import { charge, newPhoneNumber } from "../support/pockets.js";
import {
  DataFolder,
  DatabaseLock,
  ServerProcess,
  pasteCurl,
  selectRows,
  tokenIn,
} from "../support/process.js";
import { POLL } from "../support/wait-timeout.js";

const STACK_TRACE = /^\s+at |\.js:\d+/m;
const CREATE_MERCHANT = `mutation {
  createMerchant(input: { name: "Made by an operator" }) { merchant { name } userErrors { code } }
}`;
const MERCHANT_CREATED = {
  createMerchant: { merchant: { name: "Made by an operator" }, userErrors: [] },
};

/** Shared by the tests that need a running or stopped server on its own database. */
let folder: DataFolder;
let latest: ServerProcess | undefined;

async function running(): Promise<ServerProcess> {
  // In its own process group and with a long shutdown timeout, so that tests can stop it in every way.
  const env = { SHUTDOWN_TIMEOUT_MS: "600000" };
  if (latest === undefined || latest.program.hasEnded) latest = await folder.startServer(env, true);
  return latest;
}

async function stopped(): Promise<void> {
  if (latest !== undefined && !latest.program.hasEnded) expect(await latest.stop()).toBe(0);
}

async function restarted(): Promise<ServerProcess> {
  await stopped();
  return running();
}

/** A folder for one test. */
async function newFolder(): Promise<DataFolder> {
  const made = await DataFolder.create();
  onTestFinished(() => made.remove());
  return made;
}

/** A charge that was answered with SUCCESS, as a later look-up returns it. */
async function chargeMade(server: ServerProcess): Promise<ReturnType<typeof charge>> {
  const sent = charge({ phoneNumber: newPhoneNumber() });
  expect(await server.charge(sent)).toMatchObject({ status: "SUCCESS" });
  return sent;
}

beforeAll(async () => {
  folder = await DataFolder.create();
  await running();
});

// Stop what a failed test left running, so that the next one does not fail too.
beforeEach(({ onTestFailed }) => {
  onTestFailed(() => folder.killPrograms());
});

afterAll(() => folder.remove());

describe("a first start in an empty folder", () => {
  it("prints a request that charges when pasted, and not when pasted again", async () => {
    const { stdout } = (await running()).program;
    expect(await pasteCurl(stdout)).toMatchObject([{ status: "SUCCESS" }]);
    const again = await pasteCurl(stdout);
    expect(again).toMatchObject([{ status: "ERROR", message: "Duplicate token." }]);
  });

  it("prints a token with every scope but OPERATOR", async () => {
    const server = await running();
    const { viewer, all } = await server.ask<{
      viewer: { scopes: string[]; merchant: object | null; employee: object | null };
      all: { enumValues: { name: string }[] };
    }>(
      server.token,
      `{
        viewer { scopes merchant { id } employee { id } }
        all: __type(name: "ApiScope") { enumValues { name } }
      }`,
    );
    const names = all.enumValues.map(({ name }) => name);
    expect(names).toContain("OPERATOR");
    expect(viewer.scopes.toSorted()).toEqual(names.filter((name) => name !== "OPERATOR").sort());
    expect(viewer.merchant).not.toBeNull();
    expect(viewer.employee).not.toBeNull();
  });

  it("stores the token in a file that only its owner can read", async () => {
    const server = await running();
    const file = join(folder.path, "demo-token");
    expect((await readFile(file, "utf8")).trim()).toBe(server.token);
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe("600");
  });

  it("creates no demo in production unless DEMO=true", async () => {
    const empty = await newFolder();
    const production = { NODE_ENV: "production" };
    const server = await empty.startServer(production);
    expect(server.program.stdout).toContain("npm run operator-token");
    const operator = await empty.makeOperatorToken(production);
    const { merchants } = await server.ask<{ merchants: { nodes: unknown[] } }>(
      operator,
      "{ merchants { nodes { id } } }",
    );
    expect(merchants.nodes).toEqual([]);
    expect((await readdir(empty.path)).includes("demo-token")).toBe(false);
    expect(await server.stop()).toBe(0);

    const asked = await empty.startServer({ ...production, DEMO: "true" });
    expect(await pasteCurl(asked.program.stdout)).toMatchObject([{ status: "SUCCESS" }]);
    expect(await asked.stop()).toBe(0);
  });

  it("starts one server when two start at the same time; the other one reports why it failed", async () => {
    const empty = await newFolder();
    const both = [empty.launch("main"), empty.launch("main")];
    const loser = await Promise.any(both.map((program) => program.ended().then(() => program)));
    const winner = both.find((program) => program !== loser) ?? loser;
    expect(loser.exitCode).toBe(1);
    expect(loser.stdout).not.toContain("Pocketcharge is ready");
    expect(loser.stderr).toContain(empty.path);
    expect(loser.stderr).not.toMatch(STACK_TRACE);

    const server = await ServerProcess.whenReady(winner);
    await chargeMade(server);
    expect((await readdir(empty.path)).sort()).toEqual([
      "demo-token",
      "postgres",
      "provider-secret-keys",
    ]);
    expect(await server.stop()).toBe(0);
  });
});

describe("a second start on the same folder", () => {
  it("prints the token's file instead of the token, in a request that still charges", async () => {
    const before = await running();
    const sent = await chargeMade(before);
    const after = await restarted();
    expect(after.program.pid).not.toBe(before.program.pid);
    expect(after.token).toBe(before.token);
    expect(before.token).toMatch(/^pct_/);
    expect(after.program.output).not.toContain(before.token);
    expect(after.program.stdout).toContain(`$(cat '${join(folder.path, "demo-token")}')`);
    expect(await after.trace(sent)).toEqual(sent);
    expect(await pasteCurl(after.program.stdout)).toMatchObject([{ status: "SUCCESS" }]);
  });

  it("prints a new token after the old one was revoked", async () => {
    const before = await running();
    const { viewer } = await before.ask<{ viewer: { merchant: { id: string } } }>(
      before.token,
      "{ viewer { merchant { id } } }",
    );
    const operator = await folder.makeOperatorToken();
    const { merchant } = await before.ask<{
      merchant: { apiTokens: { id: string; prefix: string }[] };
    }>(operator, "query ($id: ID!) { merchant(id: $id) { apiTokens { id prefix } } }", {
      id: viewer.merchant.id,
    });
    const old = merchant.apiTokens.filter(({ prefix }) => before.token.startsWith(prefix));
    expect(old).toHaveLength(1);
    await before.ask(
      operator,
      "mutation ($id: ID!) { revokeApiToken(id: $id) { userErrors { code } } }",
      { id: old[0]?.id },
    );
    expect((await before.send(before.token, "{ viewer { scopes } }")).status).toBe(401);

    const after = await restarted();
    expect(after.token).not.toBe(before.token);
    expect(await pasteCurl(after.program.stdout)).toMatchObject([{ status: "SUCCESS" }]);
  });

  it("takes over the PostgreSQL that a killed server left running, with nothing lost and the same token", async () => {
    const killed = await running();
    const sent = await chargeMade(killed);
    const postmaster = await folder.findPostmaster();
    await killed.program.kill();
    expect(postmaster).toBeDefined();
    expect(await folder.findPostmaster()).toBe(postmaster);

    const next = await running();
    expect(await folder.findPostmaster()).toBe(postmaster);
    expect(await next.trace(sent)).toEqual(sent);
    expect(next.token).toBe(killed.token);
    await chargeMade(next);
    expect(await next.stop()).toBe(0);
    expect(folder.hasPostmasterFile).toBe(false);
  });

  it("exits while the first server runs, with the folder and that process", async () => {
    const first = await running();
    const second = folder.launch("main");
    expect(await second.ended()).toBe(1);
    expect(second.stdout).not.toContain("Pocketcharge is ready");
    expect(second.stderr).toContain(folder.path);
    expect(second.stderr).toMatch(new RegExp(`\\b${String(first.program.pid)}\\b`));
    expect(second.stderr).not.toMatch(STACK_TRACE);

    await chargeMade(first);
    expect(first.program.hasEnded).toBe(false);
  });
});

describe("npm run operator-token", () => {
  it("prints an operator's token without affecting a running server", async () => {
    const server = await running();
    const postmaster = await folder.findPostmaster();
    const token = await folder.makeOperatorToken();
    expect(await server.ask(token, CREATE_MERCHANT)).toEqual(MERCHANT_CREATED);
    expect(await folder.findPostmaster()).toBe(postmaster);
  });

  it("works without a server, and stops PostgreSQL afterwards", async () => {
    await stopped();
    const token = await folder.makeOperatorToken();
    expect(folder.hasPostmasterFile).toBe(false);
    expect(await (await running()).ask(token, CREATE_MERCHANT)).toEqual(MERCHANT_CREATED);
  });

  it("and a server that starts at the same time do not interfere", async () => {
    await stopped();
    const command = folder.launch("commands/operator-token");
    await vi.waitFor(async () => {
      expect(await folder.findPostmaster()).toBeDefined();
    }, POLL);
    command.signal("SIGSTOP"); // suspend it after it started PostgreSQL, and before it stops it
    const program = folder.launch("main");
    await folder.isReachedBy(program);
    command.signal("SIGCONT");
    expect(await command.ended(), command.output).toBe(0);

    latest = await ServerProcess.whenReady(program);
    const answer = await latest.ask(tokenIn(command.stdout), CREATE_MERCHANT);
    expect(answer).toEqual(MERCHANT_CREATED);
    expect(await latest.stop()).toBe(0);
    expect(folder.hasPostmasterFile).toBe(false);
  });
});

describe("a stop", () => {
  /** A charge that waits for a locked pocket of the shared folder. */
  async function withRunningCharge(server: ServerProcess) {
    const { phoneNumber } = await chargeMade(server);
    const lock = await DatabaseLock.take(
      await folder.databaseUrl(),
      `select from pockets where phone_number = '${phoneNumber}' for update`,
    );
    onTestFinished(() => lock.release());
    const sent = charge({ phoneNumber });
    const answer = server.charge(sent).catch((error: unknown) => error);
    await lock.isWaitedForBy(1);
    return { server, lock, sent, answer };
  }

  async function stopping(server: ServerProcess): Promise<void> {
    await vi.waitFor(() => {
      expect(server.program.stdout).toContain("stopping");
    }, POLL);
  }

  it("by SIGTERM answers the running request, then stops PostgreSQL and exits with 0", async () => {
    const given = await withRunningCharge(await running());
    const { program } = given.server;
    program.signal("SIGTERM");
    await stopping(given.server);
    await given.lock.release();
    expect(await given.answer).toMatchObject({ status: "SUCCESS", token: given.sent.token });
    // Well before SHUTDOWN_TIMEOUT_MS: the client's open connection is no running request.
    expect(await program.ended()).toBe(0);
    expect(folder.hasPostmasterFile).toBe(false);
    expect(await (await running()).trace(given.sent)).toEqual(given.sent);
  });

  it("by Ctrl+C does the same, and further signals have no effect", async () => {
    const given = await withRunningCharge(await running());
    const { program } = given.server;
    program.signalGroup("SIGINT");
    await stopping(given.server);
    program.signalGroup("SIGINT");
    program.signal("SIGTERM");
    // A terminal's Ctrl+C must not reach PostgreSQL, so the lock's connection still works.
    await given.lock.isWaitedForBy(1);
    expect(program.hasEnded).toBe(false);
    await given.lock.release();
    expect(await given.answer).toMatchObject({ status: "SUCCESS", token: given.sent.token });
    expect(await program.ended()).toBe(0);
    expect(folder.hasPostmasterFile).toBe(false);
    expect(program.stderr).toBe("");
  });

  it("aborts a request that does not end within SHUTDOWN_TIMEOUT_MS", async () => {
    await stopped();
    latest = await folder.startServer({
      SHUTDOWN_TIMEOUT_MS: "500",
      DATABASE_TIMEOUT_MS: "600000",
      DATABASE_POOL_SIZE: "1", // leaves no connection for the writes at shutdown
    });
    const { server, answer, sent } = await withRunningCharge(latest);
    server.program.signal("SIGTERM");
    expect(await server.program.ended()).toBe(0);
    expect(await answer).toBeInstanceOf(Error);
    expect(folder.hasPostmasterFile).toBe(false);
    // The client received no answer, so the charge exists once or not at all.
    expect([null, sent]).toContainEqual(await (await running()).trace(sent));
  });

  it("lets a server that starts at the same time replace it", async () => {
    const { server, lock, sent, answer } = await withRunningCharge(await running());
    server.program.signal("SIGTERM");
    await stopping(server);
    const program = folder.launch("main");
    await folder.isReachedBy(program);
    await lock.release();
    expect(await answer).toMatchObject({ status: "SUCCESS" });
    expect(await server.program.ended()).toBe(0);

    latest = await ServerProcess.whenReady(program);
    expect(await latest.trace(sent)).toEqual(sent);
    await chargeMade(latest);
  });

  it("during the start leaves no PostgreSQL running either", async () => {
    await stopped();
    const program = folder.launch("main");
    await vi.waitFor(async () => {
      expect(await folder.findPostmaster()).toBeDefined();
    }, POLL);
    program.signal("SIGINT");
    await program.ended();
    expect(folder.hasPostmasterFile).toBe(false);
  });
});

describe("a server whose PostgreSQL is killed", () => {
  it("restarts it and answers again, with the earlier charges", async () => {
    const server = await running();
    const sent = await chargeMade(server);
    const killed = await folder.findPostmaster();
    if (killed === undefined) throw new Error("No PostgreSQL is running.");
    process.kill(killed, "SIGKILL");
    await vi.waitFor(async () => {
      expect(await folder.findPostmaster()).not.toBe(killed);
    }, POLL);

    const found = await vi.waitFor(() => server.trace(sent), POLL);
    expect(found).toEqual(sent);
    await vi.waitFor(() => chargeMade(server), POLL);
    expect(await folder.findPostmaster()).toBeDefined();
    expect(server.program.hasEnded).toBe(false);

    expect(await server.stop()).toBe(0);
    expect(folder.hasPostmasterFile).toBe(false);
  });
});

describe("a start that cannot succeed", () => {
  it("reports every invalid variable at once, and creates nothing", async () => {
    const empty = await newFolder();
    const program = empty.launch("main", {
      PORT: "abc",
      DATABASE_URL: "mysql://x",
      LOG_LEVEL: "loud",
    });
    expect(await program.ended()).toBe(1);
    for (const name of ["PORT", "DATABASE_URL", "LOG_LEVEL"]) {
      expect(program.stderr).toMatch(new RegExp(`^ *${name}: `, "m"));
    }
    expect(program.output).not.toMatch(STACK_TRACE);
    expect(existsSync(empty.path)).toBe(false);
  });

  it("explains what to do about a taken port, and stops PostgreSQL", async () => {
    await stopped();
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, "127.0.0.1", () => {
        resolve((taken.address() as { port: number }).port);
      });
    });
    onTestFinished(() => void taken.close());
    const program = folder.launch("main", { PORT: String(port) });
    expect(await program.ended()).toBe(1);
    expect(program.stderr).toContain(String(port));
    expect(program.stderr).toContain("Choose another port with PORT");
    expect(program.output).not.toMatch(STACK_TRACE);
    expect(folder.hasPostmasterFile).toBe(false);
  });
});

describe("a server on the database of DATABASE_URL", () => {
  it("exits if the database is unreachable, without printing the password", async () => {
    const program = (await newFolder()).launch("main", {
      DATABASE_URL: "postgresql://someone:their-password@127.0.0.1:1/pocketcharge",
    });
    expect(await program.ended()).toBe(1);
    expect(program.stderr).toContain("DATABASE_URL");
    expect(program.stderr).toContain("127.0.0.1:1");
    expect(program.output).not.toContain("their-password");
    expect(program.output).not.toMatch(STACK_TRACE);
  });

  const countMerchants = async (url: string): Promise<number | undefined> =>
    (await selectRows<{ count: number }>(url, "select count(*)::int from merchants"))[0]?.count;

  it("creates its tables and no demo, and prints how to get an operator's token", async () => {
    const [files, url] = [await newFolder(), await createDatabaseUrl("empty")];
    const server = await files.startServer({ DATABASE_URL: url });
    expect(await countMerchants(url)).toBe(0);
    expect(server.program.stdout).toContain("npm run operator-token");
    expect(server.program.stdout).not.toContain("curl");
    expect(existsSync(files.path)).toBe(false);

    const token = await files.makeOperatorToken({ DATABASE_URL: url });
    expect(await server.ask(token, CREATE_MERCHANT)).toEqual(MERCHANT_CREATED);
    expect(await server.stop()).toBe(0);
    expect(existsSync(files.path)).toBe(false);
  });

  it("may start together with another one; `seed` fills the database, and both serve", async () => {
    const [files, url] = [await newFolder(), await createDatabaseUrl("empty")];
    const env = { DATABASE_URL: url };
    // The lock blocks the migrating server from creating tables, and the other one waits until all exist.
    const lock = await DatabaseLock.take(url, "lock table pg_class in share mode");
    onTestFinished(() => lock.release());
    const starting = [files.startServer(env), files.startServer(env)] as const;
    await lock.isWaitedForBy(1);
    await lock.release();
    const [one, two] = await Promise.all(starting);
    const applied = await selectRows<{ name: string }>(
      url,
      "select migration_name as name from _prisma_migrations where finished_at is not null",
    );
    expect(applied.length).toBeGreaterThan(0);
    expect(new Set(applied.map(({ name }) => name)).size).toBe(applied.length);

    const first = await files.run("commands/seed", { ...env, PORT: one.port });
    expect(await pasteCurl(first)).toMatchObject([{ status: "SUCCESS" }]);
    const sent = charge({ phoneNumber: newPhoneNumber() });
    expect(await two.charge(sent, tokenIn(first))).toMatchObject({ status: "SUCCESS" });

    const second = await files.run("commands/seed", { ...env, PORT: two.port });
    expect(await pasteCurl(second)).toMatchObject([{ status: "SUCCESS" }]);
    expect(await countMerchants(url)).toBe(1);
    for (const token of [tokenIn(first), tokenIn(second)]) {
      expect(await one.trace(sent, token)).toEqual(sent);
    }
    expect(await Promise.all([one.stop(), two.stop()])).toEqual([0, 0]);
  });
});
