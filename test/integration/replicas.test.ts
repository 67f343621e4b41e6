import { afterAll, afterEach, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { openDatabase, openPool } from "../../src/database/database.js";
import { Replicas } from "../../src/database/replicas.js";
import { readsFrom } from "../../src/database/request-reads.js";
import { Metrics } from "../../src/observability/metrics/metrics.js";
import type { PocketChargeRequest } from "../../src/pockets/pocket-charge.js";
import { Deadline } from "../../src/shared/deadline.js";
import { ReadBudget } from "../../src/shared/read-budget.js";
import { seriesIn } from "../support/metrics.js";
import { charge, chargePockets } from "../support/pockets.js";
import { DatabaseLock, selectRows } from "../support/process.js";
import { ReplicatedPostgres } from "../support/replica.js";
import { type TestMerchant, TestServer } from "../support/server.js";
import { POLL } from "../support/wait-timeout.js";

/** Longer than any test takes, so that the replica is always used, however far it lags. */
const ANY_LAG_MS = 600_000;
const SHORT_LAG_MS = 1_000;

const LIST = `query ($slug: String!) {
  pocketGroup(slug: $slug) { pocketCharges { totalCount nodes { token } aggregate { sum { amount } } } }
}`;

let postgres: ReplicatedPostgres;
/** Servers that differ in the allowed lag of the replica. */
let lenient: ReplicatedServer;
let strict: ReplicatedServer;
let merchant: TestMerchant;
let slug: string;

interface ReplicatedServer {
  readonly server: TestServer;
  readonly replicas: Replicas;
  stop(): Promise<void>;
}

function replicasOf(urls: readonly string[], maxLagMs: number, timeoutMs = 20_000): Replicas {
  return new Replicas({
    primaryUrl: postgres.primaryUrl,
    urls,
    maxLagMs,
    poolSize: 5,
    timeoutMs,
    onIdleError: () => undefined,
    onChange: () => undefined,
  });
}

async function startServer(maxLagMs: number, requestTimeoutMs = 30_000): Promise<ReplicatedServer> {
  const url = postgres.primaryUrl;
  const onIdleError = (): void => undefined;
  const primary = openDatabase({ url, poolSize: 5, timeoutMs: 20_000, onIdleError });
  const replicas = replicasOf([postgres.replicaUrl], maxLagMs);
  const server = await TestServer.start({
    database: { ...primary, url, replicas },
    httpLimits: { requestTimeoutMs },
  });
  return {
    server,
    replicas,
    stop: async () => {
      await server.stop();
      await replicas.close();
    },
  };
}

function serves({ replicas }: Pick<ReplicatedServer, "replicas">, does: boolean): Promise<void> {
  return vi.waitFor(() => {
    expect(replicas.states[0]?.serves).toBe(does);
  }, POLL);
}

beforeAll(async () => {
  postgres = await ReplicatedPostgres.start();
  lenient = await startServer(ANY_LAG_MS);
  strict = await startServer(SHORT_LAG_MS);
  merchant = await lenient.server.createMerchant();
  slug = await lenient.server.createGroup({}, merchant);
  await serves(lenient, true);
}, 120_000);

afterEach(() => postgres.resumeReplay());

afterAll(async () => {
  await strict.stop();
  await lenient.stop();
  await postgres.stop();
});

async function send(charged: PocketChargeRequest, { server } = lenient): Promise<string> {
  const [result] = await chargePockets(server, merchant.token, slug, [charged]);
  return result?.code ?? "SUCCESS";
}

interface Listed {
  totalCount: number;
  nodes: { token: string }[];
  aggregate: { sum: { amount: string | null } };
}

async function list({ server } = lenient): Promise<Listed> {
  const data = await server.ask<{ pocketGroup: { pocketCharges: Listed } }>(merchant.token, LIST, {
    slug,
  });
  return data.pocketGroup.pocketCharges;
}

it("reads lists and aggregates from the replica, and everything else from the primary", async () => {
  const first = charge();
  await send(first);
  await vi.waitFor(async () => {
    expect((await list()).nodes).toContainEqual({ token: first.token });
  }, POLL);
  await postgres.pauseReplay();
  const before = await list();
  const charged = charge();
  expect(await send(charged)).toBe("SUCCESS");

  expect(await list()).toEqual(before);
  expect(await send(charged)).toBe("DUPLICATE_TOKEN");
  const trace = await lenient.server.ask<{ pocketCharge: object }>(
    merchant.token,
    `query ($slug: String!, $token: UUID!) {
      pockets { nodes { id balance } }
      pocketCharge(pocketGroupSlug: $slug, token: $token) { token pocket { balance } }
    }`,
    { slug, token: charged.token },
  );
  expect(trace.pocketCharge).toEqual({ token: charged.token, pocket: { balance: 20_000 } });
});

it("reads lists from the primary in a request that has written", async () => {
  await postgres.pauseReplay();
  const charged = charge();
  const { chargePockets: payload } = await lenient.server.ask<{
    chargePockets: { results: { pocketCharge: { pocketGroup: { pocketCharges: Listed } } }[] };
  }>(
    merchant.token,
    `mutation ($input: ChargePocketsInput!) { chargePockets(input: $input) { results {
      pocketCharge { pocketGroup { pocketCharges { totalCount nodes { token } } } }
    } } }`,
    { input: { pocketGroupSlug: slug, charges: [charged] } },
  );
  const tokens = payload.results[0]?.pocketCharge.pocketGroup.pocketCharges.nodes;
  expect(tokens).toContainEqual({ token: charged.token });
  expect((await list()).nodes).not.toContainEqual({ token: charged.token });
});

it("reads REST lists from the replica, and returns what a request has written", async () => {
  const origin = new URL(lenient.server.url).origin;
  const charges = async (init: RequestInit = {}): Promise<{ data: unknown }> => {
    const headers = {
      authorization: `Token ${merchant.token}`,
      "content-type": "application/json",
    };
    const response = await fetch(`${origin}/api/boomerang/payment_charges`, { headers, ...init });
    return (await response.json()) as { data: unknown };
  };
  await postgres.pauseReplay();
  const before = await charges();
  const body = JSON.stringify({
    data: { type: "payment_charges", attributes: { amount_in_cents: 5 } },
  });
  expect(await charges({ method: "POST", body })).toMatchObject({
    data: { type: "payment_charges" },
  });
  expect(await charges()).toEqual(before);
});

it("a replica that lags beyond the bound is not read until it has caught up", async () => {
  await serves(strict, true);
  await postgres.pauseReplay();
  const charged = charge();
  await send(charged);
  await serves(strict, false);
  expect((await list(strict)).nodes).toContainEqual({ token: charged.token });
  const reported = new Metrics(strict.server.database.pool, strict.replicas);
  const series = seriesIn(await reported.text());
  expect(series.get('pocketcharge_replica_serving{replica="0"}')).toBe(0);
  expect(series.get('pocketcharge_replica_lag_seconds{replica="0"}')).toBeGreaterThan(1);

  await postgres.resumeReplay();
  await serves(strict, true);
});

it("treats a replica without new writes as up to date", async () => {
  await serves(strict, true);
  await vi.waitFor(() => {
    const [state] = strict.replicas.states;
    // Every check resets the lag, even without new writes.
    expect(state?.lagMs).toBeLessThan(SHORT_LAG_MS);
  }, POLL);
});

it("fails no request when the replica is killed, and uses it again when it is back", async () => {
  let isOver = false;
  let answered = 0;
  const asking = Array.from({ length: 4 }, async () => {
    while (!isOver) {
      await list(); // throws if the request fails
      answered++;
    }
  });
  const moreThan = (count: number): Promise<void> =>
    vi.waitFor(() => {
      expect(answered).toBeGreaterThan(count);
    }, POLL);
  await moreThan(20);
  await postgres.killReplica();
  await moreThan(answered + 20);
  await serves(lenient, false);
  await postgres.startReplica();
  await serves(lenient, true);
  await moreThan(answered + 20);
  isOver = true;
  await Promise.all(asking);

  await postgres.pauseReplay();
  const charged = charge();
  await send(charged);
  expect((await list()).nodes).not.toContainEqual({ token: charged.token });
});

it("stops an aborted list at the replica", async () => {
  const hurried = await startServer(ANY_LAG_MS, 1_500);
  onTestFinished(() => hurried.stop());
  await serves(hurried, true);
  const running = () =>
    postgres.onReplica(
      "select from pg_stat_activity where query like '%pocket_charges%' and state = 'active' and pid <> pg_backend_pid()",
    );
  const lock = await DatabaseLock.take(postgres.primaryUrl, "lock table pocket_ledger");
  try {
    // The replica also replays the lock.
    await vi.waitFor(async () => {
      const held = "select from pg_locks where mode = 'AccessExclusiveLock' and granted";
      expect(await postgres.onReplica(held)).not.toHaveLength(0);
    }, POLL);
    const asked = hurried.server.send(merchant.token, LIST, { slug });
    await vi.waitFor(async () => {
      expect(await running()).not.toHaveLength(0);
    }, POLL);
    expect((await asked).errors?.[0]?.extensions.code).toBe("SERVICE_UNAVAILABLE");
    await vi.waitFor(async () => {
      expect(await running()).toHaveLength(0);
    }, POLL);
  } finally {
    await lock.release();
  }
});

it("uses the primary for what a replica cannot do yet, and keeps using the replica", async () => {
  await postgres.pauseReplay();
  await selectRows(postgres.primaryUrl, "create table made_just_now ()");
  const { database } = lenient.server;
  const reads = readsFrom(
    database,
    { deadline: new Deadline(20_000), reads: new ReadBudget(1_000_000), requestId: "a test" },
    true,
  );
  const { rowCount } = await reads.query({ text: "select from made_just_now", values: [] });
  expect(rowCount).toBe(0);
  expect(lenient.replicas.states[0]?.serves).toBe(true);
});

it("does not restart a slow read of a replica on the primary", async () => {
  const url = postgres.primaryUrl;
  const replicas = replicasOf([postgres.replicaUrl], ANY_LAG_MS, 200);
  onTestFinished(() => replicas.close());
  await serves({ replicas }, true);
  const pool = openPool({ url, poolSize: 1, timeoutMs: 200, onIdleError: () => undefined });
  onTestFinished(() => pool.end());
  const connect = vi.spyOn(pool, "connect");
  const reads = readsFrom(
    { pool, replicas },
    { deadline: new Deadline(20_000), reads: new ReadBudget(1_000_000), requestId: "a test" },
    true,
  );
  await expect(reads.query({ text: "select pg_sleep(30)", values: [] })).rejects.toThrow(
    "canceling statement due to statement timeout",
  );
  expect(connect).not.toHaveBeenCalled();
});

it.each([
  ["the primary itself", () => postgres.primaryUrl, /accepts writes/],
  [
    "a replica of another database",
    () => postgres.replicaUrl.replace("/pocketcharge", "/postgres"),
    /replica of another database/,
  ],
  ["nothing at all", () => "postgresql://nobody@127.0.0.1:1/none", /ECONNREFUSED/],
])("%s is never read from, and a warning is logged", async (_, urlOf, reason) => {
  const reported: unknown[] = [];
  const replicas = new Replicas({
    primaryUrl: postgres.primaryUrl,
    urls: [urlOf()],
    maxLagMs: ANY_LAG_MS,
    poolSize: 1,
    timeoutMs: 20_000,
    onIdleError: () => undefined,
    onChange: (replica, isServing, why) => reported.push({ replica, isServing, why: String(why) }),
  });
  onTestFinished(() => replicas.close());
  await vi.waitFor(() => {
    const why = expect.stringMatching(reason) as string;
    expect(reported).toEqual([{ replica: 0, isServing: false, why }]);
  }, POLL);
  expect(replicas.chooseFor({})).toBeUndefined();
});
