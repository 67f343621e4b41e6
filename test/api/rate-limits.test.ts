import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { newApiTokenSecret } from "../../src/access/api-token-secret.js";
import { type App, type AppOptions, createApp } from "../../src/app/app.js";
import { openDatabase } from "../../src/database/database.js";
import { FAILURES_WITHOUT_DELAY, RESET_AFTER_MS } from "../../src/rate-limits/failed-attempts.js";
import { Metrics } from "../../src/observability/metrics/metrics.js";
import { newId } from "../../src/shared/uuid.js";
import type { GraphqlError } from "../support/graphql-client.js";
import { StoppedClock } from "../support/limits.js";
import { seriesIn } from "../support/metrics.js";
import { charge } from "../support/pockets.js";
import { CHARGES, RestClient } from "../support/rest.js";
import { type TestMerchant, TestServer } from "../support/server.js";

const MINUTE_MS = 60_000;
const VIEWER = "{ viewer { scopes } }";
const CHARGE = `mutation ($input: ChargePocketsInput!) {
  chargePockets(input: $input) { results { status } }
}`;

interface Body {
  data?: Record<string, unknown> | null;
  errors?: (GraphqlError & { extensions: { retryAfterSeconds?: number } })[];
}

interface Answer {
  status: number;
  retryAfter: unknown;
  body: Body;
}

let server: TestServer;
let merchant: TestMerchant;
let slug: string;
const clock = new StoppedClock();

beforeAll(async () => {
  server = await TestServer.start({ clock });
  merchant = await server.createMerchant();
  slug = await server.createGroup({}, merchant);
});

afterAll(() => server.stop());

/** Another server on the same database, with its own pool and memory. */
async function startServer(options: Partial<AppOptions>): Promise<App & { logged: string[] }> {
  const { url } = server.database;
  const onIdleError = (): void => undefined;
  const database = openDatabase({ url, poolSize: 5, timeoutMs: 20_000, onIdleError });
  const logged: string[] = [];
  const log = pino({}, { write: (line: string) => logged.push(line) });
  // A long timeout, so that a busy machine does not make a server count alone.
  const limits = { timeoutMs: 60_000, ...options.limits };
  const app = await createApp({ database, log, introspection: false, clock, ...options, limits });
  onTestFinished(async () => {
    await app.close();
    await database.close();
  });
  return { ...app, logged };
}

async function send(
  { http }: Pick<App, "http">,
  token: string | null,
  { query = VIEWER, variables = {}, address = "203.0.113.1", headers = {} }: Sent = {},
): Promise<Answer> {
  const answer = await http.inject({
    method: "POST",
    url: "/graphql",
    remoteAddress: address,
    headers: { ...headers, ...(token === null ? {} : { authorization: `Token ${token}` }) },
    payload: { query, variables },
  });
  const retryAfter = answer.headers["retry-after"];
  return { status: answer.statusCode, retryAfter, body: answer.json<Body>() };
}

interface Sent {
  query?: string;
  variables?: object;
  address?: string;
  headers?: Record<string, string>;
}

function sendCharges(app: App, token: string, charges: readonly object[]): Promise<Answer> {
  const variables = { input: { pocketGroupSlug: slug, charges } };
  return send(app, token, { query: CHARGE, variables });
}

function batch(size: number): ReturnType<typeof charge>[] {
  return Array.from({ length: size }, () => charge());
}

async function countOf(charges: readonly { token: string }[]): Promise<number> {
  const { rows } = await server.database.pool.query<{ count: number }>(
    "select count(*)::int as count from pocket_ledger where token = any($1)",
    [charges.map(({ token }) => token)],
  );
  return rows[0]!.count;
}

describe("requests of a token", () => {
  const limits = { requests: { count: 20, per: "minute" } } as const;

  it("are answered up to the limit, and then refused with Retry-After", async () => {
    clock.toWindow(MINUTE_MS, 17_250);
    const metrics = new Metrics(server.database.pool);
    const counted = { counted: metrics, text: () => metrics.text() };
    const app = await startServer({ limits, metrics: counted });
    const token = await server.createToken({ merchantId: merchant.id });
    for (let index = 0; index < 20; index++) expect((await send(app, token)).status).toBe(200);
    const message =
      "This token may send 20 requests a minute. Nothing was done. Send the same request again in 43 seconds.";
    const extensions = { code: "RATE_LIMITED", retryAfterSeconds: 43 };
    expect(await send(app, token)).toEqual({
      status: 429,
      retryAfter: "43",
      body: { errors: [{ message, extensions }] },
    });
    expect((await send(app, merchant.token)).status).toBe(200);
    const series = seriesIn(await metrics.text());
    expect(series.get('pocketcharge_rate_limited_total{limit="requests"}')).toBe(1);

    clock.advance(42_750);
    expect((await send(app, token)).status).toBe(200);
  });

  it("count whatever their form, so that bad tokens are refused first", async () => {
    clock.toWindow(MINUTE_MS, 17_250);
    const app = await startServer({ limits: { requests: { count: 5, per: "minute" } } });
    const token = await server.createToken({ merchantId: merchant.id });
    const json = "application/json";
    const statusOf = async (payload: string, accept = json, secret = token): Promise<number> => {
      const headers = { authorization: `Token ${secret}`, "content-type": json, accept };
      const request = { method: "POST", url: "/graphql", headers, payload } as const;
      return (await app.http.inject(request)).statusCode;
    };
    const malformed = '{"query":"{ __typename }","variables":"x"}';
    expect(await statusOf(malformed, json, newApiTokenSecret())).toBe(401);
    expect(await statusOf("[]", json, newApiTokenSecret())).toBe(401);
    for (const payload of [malformed, "[]", "null", '{"extensions":5}'])
      expect(await statusOf(payload), payload).toBe(400);
    expect(await statusOf(malformed, "image/png")).toBe(406);
    for (const payload of [malformed, "[]", "null"]) expect(await statusOf(payload)).toBe(429);
    expect(await statusOf(malformed, "image/png")).toBe(429);
  });

  it("are counted across all servers of the database, with less than a tenth of overshoot", async () => {
    clock.toWindow(MINUTE_MS);
    const shared = { requests: { count: 200, per: "minute" } } as const;
    const servers = [await startServer({ limits: shared }), await startServer({ limits: shared })];
    const token = await server.createToken({ merchantId: merchant.id });
    const statuses = new Map<number, number>();
    const client = async (index: number): Promise<void> => {
      for (let status = 200; status === 200;) {
        ({ status } = await send(servers[index % 2]!, token));
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 64 }, (_, index) => client(index)));
    expect([...statuses.keys()].toSorted()).toEqual([200, 429]);
    expect(statuses.get(200)).toBeGreaterThanOrEqual(200);
    expect(statuses.get(200)).toBeLessThanOrEqual(220);
    // Neither server counted alone.
    expect(servers.flatMap(({ logged }) => logged)).toEqual([]);
  });

  it("are also counted and refused over REST, in its error formats", async () => {
    clock.toWindow(MINUTE_MS, 1);
    const limited = await TestServer.start({ clock, limits });
    onTestFinished(() => limited.stop());
    const rest = await RestClient.of(limited);
    const { token } = await limited.createMerchant();
    for (let index = 0; index < 10; index++) {
      expect((await limited.send(token, VIEWER)).status).toBe(200);
      expect((await rest.get(CHARGES, token)).status).toBe(200);
    }
    const detail =
      "This token may send 20 requests a minute. Nothing was done. Send the same request again in 60 seconds.";
    const pockets = await rest.get(`/pockets/any/charge/${newId()}/`, token);
    expect(pockets).toMatchObject({ status: 429, body: { detail } });
    const payments = await rest.get(CHARGES, token);
    const errors = [{ status: "429", code: "RATE_LIMITED", title: "Too Many Requests", detail }];
    expect(payments).toMatchObject({ status: 429, body: { errors } });
    expect((await limited.send(token, VIEWER)).status).toBe(429);
    for (const { headers } of [pockets, payments]) expect(headers.get("retry-after")).toBe("60");
  });
});

describe("charges of a token", () => {
  const limits = { charges: { count: 1_000, per: "minute" } } as const;

  it("count individually, and a request above the limit charges nothing and consumes nothing", async () => {
    clock.toWindow(MINUTE_MS, 500);
    const [app, other] = [await startServer({ limits }), await startServer({ limits })];
    const token = await server.createToken({ merchantId: merchant.id });
    expect((await sendCharges(app, token, batch(950))).status).toBe(200);
    // More than a tenth of the limit, which is what the other server may reserve in advance.
    const refused = batch(110);
    for (const one of [app, other]) {
      const { status, retryAfter, body } = await sendCharges(one, token, refused);
      expect({ status, retryAfter }).toEqual({ status: 429, retryAfter: "60" });
      expect(body.errors?.map(({ message }) => message)).toEqual([
        "This token may send 1,000 charges, debits and other items a minute, and the 110 of this request exceed that now. Nothing was done. Send the same request again in 60 seconds.",
      ]);
    }
    expect(await countOf(refused)).toBe(0);
    // Reads are not charges, and another token has its own limit.
    expect((await send(app, token)).status).toBe(200);
    expect((await sendCharges(app, merchant.token, batch(100))).status).toBe(200);
    // A request that fits into the remaining amount is accepted.
    expect((await sendCharges(other, token, refused.slice(0, 50))).status).toBe(200);
    expect((await sendCharges(app, token, batch(51))).status).toBe(429);

    clock.toWindow(MINUTE_MS);
    const { body } = await sendCharges(app, token, refused.slice(50));
    expect(body.data).toEqual({
      chargePockets: { results: Array.from({ length: 60 }, () => ({ status: "SUCCESS" })) },
    });
    expect(await countOf(refused)).toBe(110);
  });

  it("are refused without affecting earlier fields of the request", async () => {
    clock.toWindow(MINUTE_MS);
    const app = await startServer({ limits });
    const token = await server.createToken({ merchantId: merchant.id });
    const [first, second] = [batch(600), batch(600)];
    expect((await sendCharges(app, token, first)).status).toBe(200);
    const query = `mutation ($name: String!, $charges: ChargePocketsInput!) {
      createCustomer(input: { name: $name }) { customer { id } }
      chargePockets(input: $charges) { results { status } }
    }`;
    const name = `Ada ${newId()}`;
    const variables = { name, charges: { pocketGroupSlug: slug, charges: second } };
    const { status, retryAfter, body } = await send(app, token, { query, variables });
    expect(body).toMatchObject({
      data: null,
      errors: [
        { path: ["chargePockets"], extensions: { code: "RATE_LIMITED", retryAfterSeconds: 60 } },
      ],
    });
    expect({ status, retryAfter }).toEqual({ status: 429, retryAfter: "60" });
    expect([await countOf(first), await countOf(second)]).toEqual([600, 0]);
    const { rowCount } = await server.database.pool.query("select from customers where name = $1", [
      name,
    ]);
    expect(rowCount).toBe(1);
  });

  it("count again when retried, although nothing more is charged", async () => {
    clock.toWindow(MINUTE_MS);
    const app = await startServer({ limits });
    const token = await server.createToken({ merchantId: merchant.id });
    const charges = batch(400);
    for (const status of [200, 200, 429]) {
      expect((await sendCharges(app, token, charges)).status).toBe(status);
    }
    expect(await countOf(charges)).toBe(400);
  });

  it("are counted and refused over REST as over GraphQL", async () => {
    clock.toWindow(MINUTE_MS);
    const limited = await TestServer.start({ clock, limits });
    onTestFinished(() => limited.stop());
    const rest = await RestClient.of(limited);
    const owner = await limited.createMerchant();
    const group = await limited.createGroup({}, owner);
    const items = (count: number): object[] =>
      batch(count).map(({ token, phoneNumber, amount }) => ({
        token,
        phone_number: phoneNumber,
        amount,
      }));
    expect((await rest.charge(group, owner.token, { charges: items(990) })).status).toBe(200);
    const refused = await rest.charge(group, owner.token, { charges: items(11) });
    expect(refused).toMatchObject({
      status: 429,
      body: {
        detail: expect.stringMatching(
          /^This token may send 1,000 charges, debits and other items a minute/,
        ) as string,
      },
    });
    expect(refused.headers.get("retry-after")).toBe("60");
    expect((await rest.charge(group, owner.token, { charges: items(10) })).status).toBe(200);
  });
});

describe("bad tokens of an address", () => {
  const limits = { slowsFailedAuthentication: true };
  let addresses = 0;
  const newAddress = (): string => `198.51.100.${String(++addresses)}`;

  async function fail(app: App, address: string, times: number): Promise<void> {
    for (let index = 0; index < times; index++) {
      // Alternate between malformed and unknown tokens.
      const token = index % 2 === 0 ? "bad" : newApiTokenSecret();
      expect((await send(app, token, { address })).status).toBe(401);
    }
  }

  it("are delayed increasingly, up to half a minute", async () => {
    const app = await startServer({ limits });
    const address = newAddress();
    await fail(app, address, FAILURES_WITHOUT_DELAY);
    for (const seconds of [1, 2, 4, 8, 16, 30, 30]) {
      await fail(app, address, 1);
      for (const token of ["bad", newApiTokenSecret()]) {
        const { status, retryAfter, body } = await send(app, token, { address });
        expect({ status, retryAfter }).toEqual({ status: 429, retryAfter: String(seconds) });
        expect(body.errors?.[0]?.message).toMatch(
          /^Too many invalid API tokens came from this address/,
        );
      }
      clock.advance(seconds * 1_000 - 1);
      expect((await send(app, "bad", { address })).retryAfter).toBe("1");
      clock.advance(1);
    }
    clock.advance(RESET_AFTER_MS);
    await fail(app, address, FAILURES_WITHOUT_DELAY);
  });

  it("are delayed across REST and GraphQL, and across one IPv6 network", async () => {
    const app = await startServer({ limits });
    await fail(app, "2001:db8:1:1::1", FAILURES_WITHOUT_DELAY + 1);
    const answer = await app.http.inject({
      url: `/pockets/any/charge/${newId()}/`,
      headers: { authorization: "Token bad" },
      remoteAddress: "2001:db8:1:1:ffff::2",
    });
    expect({ status: answer.statusCode, wait: answer.headers["retry-after"] }).toEqual({
      status: 429,
      wait: "1",
    });
    expect((await send(app, "bad", { address: "2001:db8:1:2::1" })).status).toBe(401);
    expect((await send(app, "bad", { address: newAddress() })).status).toBe(401);
  });

  it("do not lock out recently used valid tokens, nor any valid token for long", async () => {
    const app = await startServer({ limits });
    const address = newAddress();
    const used = await server.createToken({ merchantId: merchant.id });
    const unused = await server.createToken({ merchantId: merchant.id });
    expect((await send(app, used, { address: newAddress() })).status).toBe(200);
    await fail(app, address, FAILURES_WITHOUT_DELAY + 1);
    expect((await send(app, used, { address })).status).toBe(200);
    expect((await send(app, unused, { address })).status).toBe(429);
    expect((await send(app, unused, { address: newAddress() })).status).toBe(200);
    expect((await send(app, null, { address })).body.errors?.[0]?.extensions.code).toBe(
      "UNAUTHENTICATED",
    );
    clock.advance(1_000);
    const third = await server.createToken({ merchantId: merchant.id });
    expect((await send(app, third, { address })).status).toBe(200);
  });

  it("do not lock out the tokens in use from a server that has just started", async () => {
    const [used, revoked] = await Promise.all(
      ["used", "revoked"].map((name) => server.createToken({ merchantId: merchant.id, name })),
    );
    await server.database.pool.query(
      `update api_tokens set last_used_at = now(), revoked_at = case name when 'revoked' then now() end
       where name in ('used', 'revoked')`,
    );
    const app = await startServer({ limits });
    const address = newAddress();
    await fail(app, address, FAILURES_WITHOUT_DELAY + 1);
    expect((await send(app, used!, { address })).status).toBe(200);
    expect((await send(app, revoked!, { address })).status).toBe(429);
  });

  it("are distinguished behind a trusted proxy, but not by other forwarding headers", async () => {
    const trusting = await startServer({ limits, trustedProxies: ["10.0.0.0/8"] });
    const through = (proxy: string, client: string): Promise<Answer> =>
      send(trusting, "bad", { address: proxy, headers: { "x-forwarded-for": client } });
    const [guilty, innocent] = [newAddress(), newAddress()];
    for (let index = 0; index <= FAILURES_WITHOUT_DELAY; index++) await through("10.1.2.3", guilty);
    expect((await through("10.9.9.9", guilty)).status).toBe(429);
    expect((await through("10.1.2.3", innocent)).status).toBe(401);
    // Addresses that the client writes come before the one that the proxy appends.
    expect((await through("10.1.2.3", `${innocent}, ${guilty}`)).status).toBe(429);
    expect(trusting.logged).toEqual([]);

    const wary = await startServer({ limits });
    const liar = newAddress();
    for (let index = 0; index <= FAILURES_WITHOUT_DELAY; index++) {
      const headers = { "x-forwarded-for": newAddress() };
      expect((await send(wary, "bad", { address: liar, headers })).status).toBe(401);
    }
    expect((await send(wary, "bad", { address: liar })).status).toBe(429);
    expect(wary.logged.filter((line) => line.includes("TRUST_PROXY"))).toHaveLength(1);
  });

  it("are answered normally if the limit is turned off", async () => {
    const app = await startServer({});
    await fail(app, newAddress(), 3 * FAILURES_WITHOUT_DELAY);
  });
});
