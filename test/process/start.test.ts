import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
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

const VIEWER = "{ viewer { scopes } }";
const STACK_TRACE = /^\s+at |\.js:\d+/m;
const CREATE_MERCHANT = `mutation {
  createMerchant(input: { name: "Made by an operator" }) { merchant { name } userErrors { code } }
}`;
const MERCHANT_CREATED = {
  createMerchant: { merchant: { name: "Made by an operator" }, userErrors: [] },
};

/** The folder of all servers here. Its name requires quotes in a shell. */
let folder: DataFolder;
/** The server that runs on it, or ran last. */
let server: ServerProcess;
/** An operator's tokens. */
const operators: string[] = [];

/** The first server with the demo. A test stops it before a request is answered. */
const WITH_DEMO = {
  NODE_ENV: "production",
  DEMO: "true",
  SHUTDOWN_TIMEOUT_MS: "500",
  DATABASE_TIMEOUT_MS: "600000",
  DATABASE_POOL_SIZE: "1", // leaves no connection for the writes at shutdown
};

const PATIENT = { SHUTDOWN_TIMEOUT_MS: "600000" };

/** Starts a server in a process group of its own, as a shell does. */
async function start(env: Record<string, string> = {}): Promise<ServerProcess> {
  const program = folder.launch("main", { ...PATIENT, ...env }, true);
  return (server = await ServerProcess.whenReady(program));
}

/** A charge that was answered with SUCCESS, as a later look-up returns it. */
async function chargeMade(): Promise<ReturnType<typeof charge>> {
  const sent = charge({ phoneNumber: newPhoneNumber() });
  expect(await server.charge(sent)).toMatchObject({ status: "SUCCESS" });
  return sent;
}

/** A charge of the server that waits for a locked pocket. */
async function withRunningCharge() {
  const { phoneNumber } = await chargeMade();
  const lock = await DatabaseLock.take(
    await folder.databaseUrl(),
    `select from pockets where phone_number = '${phoneNumber}' for update`,
  );
  onTestFinished(() => lock.release());
  const sent = charge({ phoneNumber });
  const answer = server.charge(sent).catch((error: unknown) => error);
  await lock.isWaitedForBy(1);
  return { lock, sent, answer };
}

async function isStopping({ program }: ServerProcess): Promise<void> {
  await vi.waitFor(() => {
    expect(program.stdout).toContain("stopping");
  }, POLL);
}

const CREATE_CHARGE = `mutation ($secret: String) {
  createPaymentCharge(input: { amountInCents: 1, providerSecret: $secret }) {
    paymentCharge { id providerSecret }
    userErrors { code field message }
  }
}`;
interface Created {
  createPaymentCharge: {
    paymentCharge: { id: string; providerSecret: string | null } | null;
    userErrors: { code: string; message: string }[];
  };
}
const READ = "query ($id: ID!) { paymentCharge(id: $id) { providerSecret } }";
interface Read {
  paymentCharge: { providerSecret: string | null } | null;
}

async function createWithSecret(secret: string): Promise<string> {
  const { createPaymentCharge } = await server.ask<Created>(server.token, CREATE_CHARGE, {
    secret,
  });
  expect(createPaymentCharge.paymentCharge?.providerSecret).toBe(secret);
  return createPaymentCharge.paymentCharge!.id;
}

async function readSecret(id: string): Promise<string | null> {
  return (await server.ask<Read>(server.token, READ, { id })).paymentCharge!.providerSecret;
}

async function revokeDemoToken(): Promise<void> {
  const { viewer } = await server.ask<{ viewer: { merchant: { id: string } } }>(
    server.token,
    "{ viewer { merchant { id } } }",
  );
  const { merchant } = await server.ask<{
    merchant: { apiTokens: { id: string; prefix: string }[] };
  }>(operators[0]!, "query ($id: ID!) { merchant(id: $id) { apiTokens { id prefix } } }", {
    id: viewer.merchant.id,
  });
  const old = merchant.apiTokens.filter(({ prefix }) => server.token.startsWith(prefix));
  expect(old).toHaveLength(1);
  await server.ask(
    operators[0]!,
    "mutation ($id: ID!) { revokeApiToken(id: $id) { userErrors { code } } }",
    { id: old[0]?.id },
  );
  expect((await server.send(server.token, VIEWER)).status).toBe(401);
}

async function postgresRuns(): Promise<void> {
  await vi.waitFor(async () => {
    expect(await folder.findPostmaster()).toBeDefined();
  }, POLL);
}

beforeAll(async () => {
  folder = await DataFolder.create("it's a dâta folder");
});

afterAll(() => folder.remove());

// From here to "a start that cannot succeed", each test continues with the state of the one before.

describe("a first start in production", () => {
  const production = { NODE_ENV: "production" };
  const old = (): string => join(folder.path, "unfinished-old");
  const recent = (): string => join(folder.path, "unfinished-recent");

  it("starts one server when two start at the same time; the other one reports why it failed", async () => {
    for (const path of [old(), recent()]) await mkdir(join(path, "postgres"), { recursive: true });
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    await utimes(old(), longAgo, longAgo);
    const both = [folder.launch("main", production), folder.launch("main", production)];
    const loser = await Promise.any(both.map((program) => program.ended().then(() => program)));
    const winner = both.find((program) => program !== loser) ?? loser;
    expect(loser.exitCode).toBe(1);
    expect(loser.stdout).not.toContain("Pocketcharge is ready");
    expect(loser.stderr).toContain(folder.path);
    expect(loser.stderr).not.toMatch(STACK_TRACE);
    server = await ServerProcess.whenReady(winner);
  });

  it("removes what a killed one left more than an hour ago, and nothing else", async () => {
    expect(existsSync(old())).toBe(false);
    await rm(recent(), { recursive: true });
    expect((await readdir(folder.path)).sort()).toEqual(["postgres", "provider-secret-keys"]);
  });

  it("creates no demo; an operator's token can be made without affecting the server", async () => {
    expect(server.program.stdout).toContain("npm run operator-token");
    expect(server.program.stdout).not.toContain("curl");
    const postmaster = await folder.findPostmaster();
    operators.push(await folder.makeOperatorToken(production));
    const { merchants } = await server.ask<{ merchants: { nodes: unknown[] } }>(
      operators[0]!,
      "{ merchants { nodes { id } } }",
    );
    expect(merchants.nodes).toEqual([]);
    expect(await folder.findPostmaster()).toBe(postmaster);
  });

  it("makes a later one exit while it runs, with the folder and its process", async () => {
    const second = folder.launch("main");
    expect(await second.ended()).toBe(1);
    expect(second.stdout).not.toContain("Pocketcharge is ready");
    expect(second.stderr).toContain(folder.path);
    expect(second.stderr).toMatch(new RegExp(`\\b${String(server.program.pid)}\\b`));
    expect(second.stderr).not.toMatch(STACK_TRACE);

    expect((await server.send(operators[0]!, VIEWER)).status).toBe(200);
    expect(await server.stop()).toBe(0);
    expect(folder.hasPostmasterFile).toBe(false);
  });
});

describe("npm run operator-token", () => {
  it("works several times at the same time without a server, and stops PostgreSQL afterwards", async () => {
    const printed = await Promise.all([1, 2].map(() => folder.run("commands/operator-token")));
    operators.push(...printed.map(tokenIn));
    expect(new Set(operators).size).toBe(3);
    expect(folder.hasPostmasterFile).toBe(false);
  });

  it("and a server that starts at the same time do not interfere", async () => {
    const command = folder.launch("commands/operator-token");
    await postgresRuns();
    command.signal("SIGSTOP"); // suspend it after it started PostgreSQL, and before it stops it
    const url = await folder.databaseUrl();
    // PostgreSQL may still be starting.
    const lock = await vi.waitFor(
      () => DatabaseLock.take(url, "lock table payment_refunds in share mode"),
      POLL,
    );
    onTestFinished(() => lock.release());
    // Interrupted while it creates the demo.
    const interrupted = folder.launch("main", WITH_DEMO);
    await lock.isWaitedForBy(1);
    command.signal("SIGCONT");
    expect(await command.ended(), command.output).toBe(0);
    operators.push(tokenIn(command.stdout));
    expect(await selectRows(url, "select")).toHaveLength(1);
    await interrupted.kill();
  });
});

describe("a start after a killed one", () => {
  it("takes over its PostgreSQL with nothing lost, and creates the rest of the demo", async () => {
    const postmaster = await folder.findPostmaster();
    expect(postmaster).toBeDefined();
    const url = await folder.databaseUrl();
    const charges = "select id, created_at::text from payment_charges";
    const before = await selectRows(url, charges);
    expect(before).not.toHaveLength(0);
    expect(before.length).toBeLessThan(360);

    await start(WITH_DEMO);
    expect(await folder.findPostmaster()).toBe(postmaster);
    expect(await selectRows(url, charges)).toEqual(expect.arrayContaining(before));
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

  it("accepts all tokens of operators", async () => {
    for (const token of operators) {
      expect(await server.ask(token, CREATE_MERCHANT)).toEqual(MERCHANT_CREATED);
    }
  });
});

describe("a start that creates the demo", () => {
  it("prints a request that charges when pasted; pasted again, it shows that the charge was made before", async () => {
    const { stdout } = server.program;
    expect(await pasteCurl(stdout)).toMatchObject([
      { status: "SUCCESS", code: null, wasMadeBefore: false },
    ]);
    expect(await pasteCurl(stdout)).toMatchObject([
      {
        ...{ status: "ERROR", message: "Duplicate token.", code: "DUPLICATE_TOKEN" },
        wasMadeBefore: true,
        pocketCharge: { balanceAfter: 10_000 },
      },
    ]);
  });

  it("prints it after every line of its log, although the log is not a terminal", () => {
    const { stdout } = server.program;
    expect(stdout).toContain('"msg":"Server listening at');
    const after = stdout.slice(stdout.indexOf("Pocketcharge is ready"));
    expect(after).not.toContain('"msg":');
    expect(after).toMatch(/wasMadeBefore is then true[^\n]*\n+$/);
  });

  it("stores the token in a file that only its owner can read", async () => {
    const file = join(folder.path, "demo-token");
    expect((await readFile(file, "utf8")).trim()).toBe(server.token);
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe("600");
  });
});

describe("a stop", () => {
  it("aborts a request that does not end within SHUTDOWN_TIMEOUT_MS", async () => {
    const { answer, sent } = await withRunningCharge();
    const { token } = server;
    expect(await server.stop()).toBe(0);
    expect(await answer).toBeInstanceOf(Error);
    expect(folder.hasPostmasterFile).toBe(false);

    const after = await start();
    expect(after.token).toBe(token);
    // The client received no answer, so the charge exists once or not at all.
    expect([null, sent]).toContainEqual(await after.trace(sent));
  });
});

describe("a second start on the same folder", () => {
  let before: ServerProcess;
  let secretId: string;

  it("prints the token's file instead of the token, in a request that still charges", async () => {
    const { stdout } = server.program;
    expect(server.token).toMatch(/^pct_/);
    expect(server.program.output).not.toContain(server.token);
    const file = join(folder.path, "demo-token").replaceAll("'", String.raw`'\''`);
    expect(stdout).toContain(`$(cat '${file}')`);
    expect(await pasteCurl(stdout)).toMatchObject([{ status: "SUCCESS" }]);
  });

  it("has a token with every scope but OPERATOR", async () => {
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

  it("has payments of every status that cover a year, so that they can be summed by month", async () => {
    const data = await server.ask<{
      paymentCharges: {
        totalCount: number;
        byStatus: { key: { status: string }; aggregate: { count: number } }[];
        byMonth: { aggregate: { sum: { totalInCents: string } } }[];
      };
      refunds: { totalCount: number };
      captured: { totalCount: number };
      statuses: { enumValues: { name: string }[] };
    }>(
      server.token,
      `{
        paymentCharges {
          totalCount
          byStatus: groupBy(keys: [STATUS]) { key { status } aggregate { count } }
          byMonth: groupBy(keys: [CREATED_AT], bucket: { unit: MONTH }) {
            aggregate { sum { totalInCents } }
          }
        }
        refunds: paymentRefunds { totalCount }
        captured: paymentAuthorizations(filter: { status: { eq: [CAPTURED] } }) { totalCount }
        statuses: __type(name: "PaymentChargeStatus") { enumValues { name } }
      }`,
    );
    const { totalCount, byStatus, byMonth } = data.paymentCharges;
    expect(totalCount).toBeGreaterThanOrEqual(300);
    expect(byStatus.map(({ key }) => key.status).sort()).toEqual(
      data.statuses.enumValues.map(({ name }) => name).sort(),
    );
    expect(byMonth.length).toBeGreaterThanOrEqual(12);
    expect(byMonth.every(({ aggregate }) => BigInt(aggregate.sum.totalInCents) > 0n)).toBe(true);
    expect(data.refunds.totalCount).toBeGreaterThan(10);
    expect(data.captured.totalCount).toBe(2);
  });

  it("has pocket charges that cover a year, so that grouping them by day shows something", async () => {
    const { pocketCharges } = await server.ask<{
      pocketCharges: { groupBy: { key: { createdAt: string }; aggregate: { count: number } }[] };
    }>(
      server.token,
      `{ pocketCharges(filter: { amount: { gt: 1000 } }) {
           groupBy(keys: [CREATED_AT], bucket: { unit: DAY, timeZone: "Asia/Tehran" }) {
             key { createdAt } aggregate { count }
           }
         } }`,
    );
    const days = pocketCharges.groupBy.map(({ key }) => Date.parse(key.createdAt) / 86_400_000);
    expect(days.length).toBeGreaterThan(50);
    expect(Math.max(...days) - Math.min(...days)).toBeGreaterThan(350);
  });

  it("has provider secrets without configuration, also after a rotation of their key", async () => {
    secretId = await createWithSecret("before the rotation");
    const keys = join(folder.path, "provider-secret-keys");
    const [first] = await readdir(keys);
    expect(((await stat(join(keys, first!))).mode & 0o777).toString(8)).toBe("600");

    const printed = await folder.run("commands/rotate-provider-secrets");
    expect(printed).toContain("1 secrets were re-encrypted");
    expect(await readdir(keys)).toHaveLength(2);
    expect(await readSecret(secretId)).toBe("before the rotation");
    // The running server encrypts with the new key from now on.
    await createWithSecret("after the rotation");
    const rows = await selectRows<{ key: string }>(
      await folder.databaseUrl(),
      "select distinct provider_secret_key_id as key from payment_charges where provider_secret_key_id is not null",
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.key).not.toBe(first);
  });

  it("replaces a server that is stopped by SIGTERM and answers its running request", async () => {
    const { lock, sent, answer } = await withRunningCharge();
    before = server;
    await revokeDemoToken();
    before.program.signal("SIGTERM");
    await isStopping(before);
    const program = folder.launch("main", PATIENT, true);
    await folder.isReachedBy(program);
    await lock.release();
    expect(await answer).toMatchObject({ status: "SUCCESS", token: sent.token });
    // Well before SHUTDOWN_TIMEOUT_MS: the client's open connection is no running request.
    expect(await before.program.ended()).toBe(0);

    server = await ServerProcess.whenReady(program);
    expect(await server.trace(sent)).toEqual(sent);
  });

  it("prints a new token after the old one was revoked", async () => {
    expect(server.token).not.toBe(before.token);
    expect(server.program.stdout).toContain(`Authorization: Token ${server.token}`);
    expect(await pasteCurl(server.program.stdout)).toMatchObject([{ status: "SUCCESS" }]);
  });

  it("reads the provider secrets stored before it; no start printed them or their keys", async () => {
    expect(await readSecret(secretId)).toBe("before the rotation");
    const { output } = before.program;
    const keys = join(folder.path, "provider-secret-keys");
    for (const file of await readdir(keys)) {
      expect(output).not.toContain(await readFile(join(keys, file), "utf8"));
    }
    expect(output).not.toMatch(/(before|after) the rotation/);
  });
});

describe("a server whose PostgreSQL is killed", () => {
  it("restarts it and answers again, with the earlier charges", async () => {
    const sent = await chargeMade();
    const killed = (await folder.findPostmaster())!;
    process.kill(killed, "SIGKILL");
    await vi.waitFor(async () => {
      expect(await folder.findPostmaster()).not.toBe(killed);
    }, POLL);

    const found = await vi.waitFor(() => server.trace(sent), POLL);
    expect(found).toEqual(sent);
    await vi.waitFor(chargeMade, POLL);
    expect(await folder.findPostmaster()).toBeDefined();
    expect(server.program.hasEnded).toBe(false);
  });

  it("is stopped by Ctrl+C like any other: further signals have no effect, and PostgreSQL stops last", async () => {
    const { lock, sent, answer } = await withRunningCharge();
    const { program } = server;
    program.signalGroup("SIGINT");
    await isStopping(server);
    program.signalGroup("SIGINT");
    program.signal("SIGTERM");
    // A terminal's Ctrl+C must not reach PostgreSQL, so the lock's connection still works.
    await lock.isWaitedForBy(1);
    expect(program.hasEnded).toBe(false);
    await lock.release();
    expect(await answer).toMatchObject({ status: "SUCCESS", token: sent.token });
    expect(await program.ended()).toBe(0);
    expect(folder.hasPostmasterFile).toBe(false);
    expect(program.stderr).toBe("");
  });
});

describe("a start", () => {
  it("is not misled by a lock file with another program's process id; stopped, it leaves no PostgreSQL running", async () => {
    const file = join(folder.path, "postgres", "postmaster.pid");
    await writeFile(file, `${String(process.pid)}\n${folder.path}\n0\n5432\n\n127.0.0.1\n`);
    const program = folder.launch("main");
    await postgresRuns();
    program.signal("SIGINT");
    await program.ended();
    expect(folder.hasPostmasterFile).toBe(false);
  });

  it("by `npm start` ends when npm's shell ends without forwarding the signal", async () => {
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

describe("a start that cannot succeed", () => {
  it("reports every invalid variable at once, and creates nothing", async () => {
    const empty = await DataFolder.forTest();
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
