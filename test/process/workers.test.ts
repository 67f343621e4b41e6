import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { PocketChargeRequest } from "../../src/pockets/pocket-charge.js";
import { findingsIn } from "../support/audit.js";
import { expectLedgerToBalance } from "../support/ledger.js";
import type { GraphqlClient } from "../support/graphql-client.js";
import { NoResponseError } from "../support/http-request.js";
import { seriesIn } from "../support/metrics.js";
import { charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import { DataFolder, DatabaseLock, type ServerProcess, selectRows } from "../support/process.js";
import { type TestMerchant, TestServer } from "../support/server.js";
import { POLL } from "../support/wait-timeout.js";

const WORKERS = 2;
const VIEWER = "{ viewer { scopes } }";

interface LogLine {
  pid: number;
  msg: string;
  worker?: number;
}

/** The log lines of a server's processes so far. */
function logOf({ program }: ServerProcess): LogLine[] {
  const lines = program.stdout.split("\n").filter((line) => /^\{.*\}$/.test(line));
  return lines.map((line) => JSON.parse(line) as LogLine);
}

/** The processes that are listening. */
function workersOf(server: ServerProcess): number[] {
  const listening = logOf(server).filter(({ msg }) => msg.startsWith("Server listening"));
  return listening.map(({ pid }) => pid);
}

/** A killed process may remain as a zombie if process 1 does not reap it. */
async function isWorker(pid: number): Promise<boolean> {
  const command = await readFile(`/proc/${String(pid)}/cmdline`, "utf8").catch(() => "");
  return command.includes("worker.js");
}

/** An external database, which a server in this process prepares and inspects. */
let home: TestServer;
let merchant: TestMerchant;
let slug: string;
/** A server with several workers on that database, each with one connection. */
let server: ServerProcess;
let folder: DataFolder;

beforeAll(async () => {
  [home, folder] = await Promise.all([TestServer.start(), DataFolder.create()]);
  merchant = await home.createMerchant();
  slug = await home.createGroup({}, merchant);
  server = await folder.startServer({
    WORKERS: String(WORKERS),
    DATABASE_URL: home.database.url,
    DATABASE_POOL_SIZE: "1",
    LOG_LEVEL: "debug",
    SHUTDOWN_TIMEOUT_MS: "600000",
    SHUTDOWN_DELAY_MS: "600000",
  });
});

beforeEach(({ onTestFailed }) => {
  onTestFailed(() => {
    console.error(server.program.output);
  });
});

afterAll(async () => {
  await folder.remove();
  await home.stop();
});

/** Repeats one charge until it is answered, as a client must after a broken connection. */
async function chargeOnce(client: GraphqlClient, sent: PocketChargeRequest): Promise<void> {
  for (;;) {
    try {
      const [result] = await chargePockets(client, merchant.token, slug, [sent]);
      // If the response of an earlier attempt was lost, the duplicate must be the same charge.
      expect(result).toMatchObject({ token: sent.token, pocketCharge: { amount: sent.amount } });
      return;
    } catch (error) {
      if (!(error instanceof NoResponseError)) throw error;
    }
  }
}

async function countMade(sent: readonly PocketChargeRequest[]): Promise<number> {
  const { rows } = await home.database.pool.query<{ count: number }>(
    "select count(*)::int from pocket_ledger where token = any($1::uuid[])",
    [sent.map(({ token }) => token)],
  );
  return rows[0]?.count ?? -1;
}

async function metricsOf({ url }: ServerProcess): Promise<Map<string, number>> {
  return seriesIn(await (await fetch(new URL("/metrics", url))).text());
}

const SUCCESSES = 'pocketcharge_pocket_items_total{operation="charge",result="SUCCESS"}';
const DUPLICATES = 'pocketcharge_pocket_items_total{operation="charge",result="DUPLICATE_TOKEN"}';

describe("several workers", () => {
  it("serve on one port, each with a process and connections of its own", async () => {
    // The workers log this at different times, while others already answer requests.
    await expect.poll(() => workersOf(server)).toHaveLength(WORKERS);
    const pids = workersOf(server);
    expect(new Set([...pids, server.program.pid]).size).toBe(WORKERS + 1);
    const phoneNumber = newPhoneNumber();
    await chargeOnce(server, charge({ phoneNumber }));
    const lock = await DatabaseLock.take(
      home.database.url,
      `select from pockets where phone_number = '${phoneNumber}' for update`,
    );
    onTestFinished(() => lock.release());
    const sent = Array.from({ length: 8 }, () => charge({ phoneNumber }));
    const all = Promise.all(sent.map((one) => chargeOnce(server, one)));
    // Each worker has one connection, so one charge per worker waits.
    await lock.isWaitedForBy(WORKERS);
    await lock.release();
    await all;
    expect(await countMade(sent)).toBe(sent.length);
  });

  it("make each charge once, on any worker, and count all in /metrics", async () => {
    const before = await metricsOf(server);
    const numbers = Array.from({ length: 5 }, newPhoneNumber);
    const sent = Array.from({ length: 60 }, (_, index) =>
      charge({ phoneNumber: numbers[index % numbers.length]! }),
    );
    await Promise.all([...sent, ...sent].map((one) => chargeOnce(server, one)));
    expect(await countMade(sent)).toBe(sent.length);
    await expectLedgerToBalance(home.database);

    const after = await metricsOf(server);
    expect((after.get(SUCCESSES) ?? 0) - (before.get(SUCCESSES) ?? 0)).toBe(sent.length);
    expect((after.get(DUPLICATES) ?? 0) - (before.get(DUPLICATES) ?? 0)).toBe(sent.length);
    expect(after.get("pocketcharge_workers")).toBe(WORKERS);
  });

  it("roll up each entry once, soon after it is made", async () => {
    await expect
      .poll(async () => {
        const { rows } = await home.database.pool.query<{ rolledUp: number; made: number }>(
          `select (select sum(entry_count) from pocket_ledger_rollups where span = 'DAY')::int as "rolledUp",
                  (select count(*) from pocket_ledger)::int as made`,
        );
        return rows[0]!.rolledUp - rows[0]!.made;
      }, POLL)
      .toBe(0);
    expect(await findingsIn(home.database)).toEqual([]);
  });

  it("are all notified of a revocation in one of them", async () => {
    const token = await home.createToken({ merchantId: merchant.id, name: "to revoke" });
    const statuses = (): Promise<number[]> =>
      Promise.all(Array.from({ length: 8 }, async () => (await server.send(token, VIEWER)).status));
    expect(new Set(await statuses())).toEqual(new Set([200]));
    const { merchant: found } = await server.ask<{
      merchant: { apiTokens: { id: string; name: string }[] };
    }>(home.operatorToken, "query ($id: ID!) { merchant(id: $id) { apiTokens { id name } } }", {
      id: merchant.id,
    });
    const { id } = found.apiTokens.find(({ name }) => name === "to revoke")!;
    await server.ask(
      home.operatorToken,
      "mutation ($id: ID!) { revokeApiToken(id: $id) { userErrors { code } } }",
      { id },
    );
    await vi.waitFor(() => {
      const removals = logOf(server).filter(({ msg }) => msg.startsWith("removed cached tokens"));
      expect(new Set(removals.map(({ pid }) => pid)).size).toBe(WORKERS - 1);
    }, POLL);
    expect(new Set(await statuses())).toEqual(new Set([401]));
  });

  it("replace one that is killed under load, with every charge made once", async () => {
    const sent: PocketChargeRequest[] = [];
    let isOver = false;
    const numbers = Array.from({ length: 5 }, newPhoneNumber);
    const client = async (): Promise<void> => {
      while (!isOver) {
        const one = charge({ phoneNumber: numbers[sent.length % numbers.length]! });
        sent.push(one);
        await chargeOnce(server, one);
      }
    };
    const clients = Array.from({ length: 4 }, client);
    await vi.waitFor(() => {
      expect(sent.length).toBeGreaterThan(20);
    }, POLL);
    const killed = workersOf(server)[0]!;
    process.kill(killed, "SIGKILL");
    await vi.waitFor(() => {
      expect(logOf(server)).toContainEqual(
        expect.objectContaining({ worker: killed, signal: "SIGKILL", code: null }),
      );
    }, POLL);
    const sentBefore = sent.length;
    await vi.waitFor(() => {
      expect(sent.length).toBeGreaterThan(sentBefore + 20);
    }, POLL);
    isOver = true;
    await Promise.all(clients);
    expect(await countMade(sent)).toBe(sent.length);
    await expectLedgerToBalance(home.database);

    await vi.waitFor(async () => {
      expect((await metricsOf(server)).get("pocketcharge_workers")).toBe(WORKERS);
    }, POLL);
    expect((await metricsOf(server)).get("pocketcharge_worker_ends_total")).toBe(1);
  });

  it("do not start on a port that is in use: the server exits with one message", async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, "127.0.0.1", () => {
        resolve((taken.address() as { port: number }).port);
      });
    });
    onTestFinished(() => void taken.close());
    const env = { WORKERS: "2", DATABASE_URL: home.database.url, PORT: String(port) };
    const program = folder.launch("main", env);
    expect(await program.ended()).toBe(1);
    expect(program.stderr.trim()).toBe(
      `Another program uses the port ${String(port)} of 127.0.0.1. ` +
        "Choose another port with PORT, such as PORT=4001.",
    );
    expect(program.stdout).not.toContain("is ready");
  });

  it("report that they are not ready, and serve requests during SHUTDOWN_DELAY_MS", async () => {
    const ready = (): Promise<Response> => fetch(new URL("/health/ready", server.url));
    const before = await ready();
    expect(await before.json()).toEqual({
      ...{ status: "ok", stopping: false },
      ...{ database: "ok", migrations: "ok" },
    });
    server.program.signal("SIGTERM");
    await vi.waitFor(async () => {
      expect((await ready()).status).toBe(503);
    }, POLL);
    // The other workers are notified as well, each at its own time, and charges are still answered.
    await chargeOnce(server, charge({ phoneNumber: newPhoneNumber() }));
    expect(server.program.hasEnded).toBe(false);
  });

  it("end with their primary process when it is killed", async () => {
    const pids = workersOf(server).slice(-WORKERS);
    expect(await Promise.all(pids.map(isWorker))).toEqual(pids.map(() => true));
    await server.program.kill();
    await vi.waitFor(async () => {
      expect(await Promise.all(pids.map(isWorker))).toEqual(pids.map(() => false));
    }, POLL);
    await expect(fetch(server.url)).rejects.toThrow();
  });
});

describe("workers with the embedded PostgreSQL", () => {
  it("answer all running requests when the process group is signalled, before PostgreSQL stops", async () => {
    const own = await DataFolder.afterFirstStart();
    onTestFinished(() => own.remove());
    const env = { WORKERS: String(WORKERS), SHUTDOWN_TIMEOUT_MS: "600000" };
    const embedded = await own.startServer(env, true);
    const { program } = embedded;
    expect(program.stdout.match(/is ready/g)).toHaveLength(1);
    const phoneNumber = newPhoneNumber();
    expect(await embedded.charge(charge({ phoneNumber }))).toMatchObject({ status: "SUCCESS" });
    const lock = await DatabaseLock.take(
      await own.databaseUrl(),
      `select from pockets where phone_number = '${phoneNumber}' for update`,
    );
    onTestFinished(() => lock.release());
    const answers = Promise.all(
      Array.from({ length: 8 }, () => embedded.charge(charge({ phoneNumber }))),
    );
    await vi.waitFor(async () => {
      expect((await metricsOf(embedded)).get("pocketcharge_http_requests_running")).toBe(8 + 1);
    }, POLL);
    program.signalGroup("SIGTERM"); // like a service manager
    await vi.waitFor(() => {
      expect(program.stdout).toContain("stopping");
    }, POLL);
    program.signalGroup("SIGINT"); // like a user who presses Ctrl+C
    expect(await selectRows(await own.databaseUrl(), "select")).toHaveLength(1);
    await lock.release();
    for (const result of await answers) expect(result).toMatchObject({ status: "SUCCESS" });
    expect(await program.ended()).toBe(0);
    expect(program.stderr).toBe("");
    expect(own.hasPostmasterFile).toBe(false);
  });
});
