import { type Socket, connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import { chargePockets, sendCharges } from "../support/pockets.js";
import { TestServer } from "../support/server.js";
import { POLL } from "../support/wait-timeout.js";

const HTTP_LIMITS = { bodyBytes: 2_000, headerBytes: 4_000, connections: 8, clientTimeoutMs: 300 };

/** Opens a connection, and collects what the server sends until it closes the connection. */
class RawClient {
  private received = "";
  readonly closed: Promise<string>;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding("utf8");
    socket.on("data", (text) => (this.received += String(text)));
    socket.on("error", () => undefined); // the close event follows
    this.closed = new Promise((resolve) => {
      socket.once("close", () => {
        resolve(this.received);
      });
    });
  }

  static async open(server: TestServer): Promise<RawClient> {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    await new Promise((resolve) => socket.once("connect", resolve));
    return new RawClient(socket);
  }

  /** @returns false if the server has closed the connection. */
  write(text: string): boolean {
    return this.socket.writable && (this.socket.write(text), true);
  }

  close(): void {
    this.socket.destroy();
  }
}

function postHeaders(length: number, ...more: string[]): string {
  const lines = [
    "POST /graphql HTTP/1.1",
    "host: localhost",
    "content-type: application/json",
    `content-length: ${String(length)}`,
    ...more,
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

const BODY = '{"query":"{ __typename }"}';

describe("a client", () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await TestServer.start({ httpLimits: HTTP_LIMITS });
  });
  afterAll(() => server.stop());

  async function statusOfBody(bytes: number): Promise<{ status: number; body: unknown }> {
    const body = BODY.padEnd(bytes, " ");
    const headers = { "content-type": "application/json" };
    const response = await fetch(server.url, { method: "POST", headers, body });
    return { status: response.status, body: await response.json() };
  }

  it("may send a body of exactly the maximum size", async () => {
    expect((await statusOfBody(HTTP_LIMITS.bodyBytes)).status).toBe(200);
    expect(await statusOfBody(HTTP_LIMITS.bodyBytes + 1)).toMatchObject({
      status: 413,
      body: { errors: [{ extensions: { code: "BAD_REQUEST" } }] },
    });
  });

  it("may send headers up to the limit; above it, it gets an error and is disconnected", async () => {
    const kept = await RawClient.open(server);
    const padding = `x-padding: ${"x".repeat(HTTP_LIMITS.headerBytes - 400)}`;
    kept.write(postHeaders(BODY.length, padding, "connection: close") + BODY);
    expect(await kept.closed).toMatch(/^HTTP\/1.1 200 /);
    const refused = await RawClient.open(server);
    refused.write(postHeaders(BODY.length, `${padding}${"x".repeat(800)}`) + BODY);
    const answer = await refused.closed;
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
    expect(answer).toContain('"code":"BAD_REQUEST"');
  });

  it.each([
    ["its headers", postHeaders(BODY.length), ""],
    ["its body", BODY, postHeaders(BODY.length)],
  ])("that sends %s byte by byte is disconnected after the timeout", async (_, slow, first) => {
    const client = await RawClient.open(server);
    client.write(first);
    let isClosed = false as boolean;
    void client.closed.then(() => (isClosed = true));
    let sent = 0;
    // This is the rate of the attack, not a wait for the server.
    while (!isClosed && sent < slow.length - 1) {
      client.write(slow[sent++]!);
      await sleep(100);
    }
    expect(sent).toBeLessThan(slow.length - 1);
    const answer = await client.closed;
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toContain("did not arrive completely within 300 ms");
  });

  it("that sends nothing is disconnected after the timeout", async () => {
    const client = await RawClient.open(server);
    expect(await client.closed).toMatch(/^HTTP\/1.1 408 /);
  });

  it("that does not send HTTP gets an error and is disconnected", async () => {
    const client = await RawClient.open(server);
    client.write("hello\r\n\r\n");
    expect(await client.closed).toContain("This is not a valid HTTP request.");
  });

  it("above the connection limit gets an error and is disconnected, and the others are answered", async () => {
    const crowded = await TestServer.start({ httpLimits: { connections: 3 } });
    const clients: RawClient[] = [];
    try {
      for (let count = 0; count < 3; count++) clients.push(await RawClient.open(crowded));
      const fourth = await RawClient.open(crowded);
      expect(await fourth.closed).toMatch(/^HTTP\/1.1 503 [^]*"code":"SERVICE_UNAVAILABLE"/);
      const [first, second] = clients;
      first!.write(postHeaders(BODY.length, "connection: close") + BODY);
      expect(await first!.closed).toMatch(/^HTTP\/1.1 200 /);
      // The first connection has made room.
      const next = await RawClient.open(crowded);
      next.write(postHeaders(BODY.length, "connection: close") + BODY);
      expect(await next.closed).toMatch(/^HTTP\/1.1 200 /);
      second!.close();
      expect(
        crowded.logged.filter((line) => line.includes("connection limit reached")),
      ).toHaveLength(1);
    } finally {
      for (const client of clients) client.close();
      await crowded.stop();
    }
  });
});

it("an idle connection does not delay a shutdown", async () => {
  const server = await TestServer.start({ httpLimits: { clientTimeoutMs: 3_600_000 } });
  const silent = await RawClient.open(server);
  // The idle connection was opened earlier, so the server has it when it answers this request.
  await (await fetch(server.url)).text();
  await server.stop();
  expect(await silent.closed).toBe("");
});

describe("a request that exceeds its time limit", () => {
  let server: TestServer;
  let token: string;
  let merchantId: string;
  /** Holds a lock that requests then wait for. */
  let holder: pg.Client;

  beforeAll(async () => {
    server = await TestServer.start({ poolSize: 4, httpLimits: { requestTimeoutMs: 400 } });
    ({ token, id: merchantId } = await server.createMerchant());
    holder = new pg.Client({ connectionString: server.database.url });
    await holder.connect();
  });
  afterAll(async () => {
    await holder.end();
    await server.stop();
  });

  /** Repeats what a busy machine may not finish within the short time limit. */
  function eventually<T>(attempt: () => Promise<T>): Promise<T> {
    return vi.waitFor(attempt, POLL);
  }

  /** Runs work while a transaction holds the lock. */
  async function whileHeld<T>(lock: string, work: () => Promise<T>): Promise<T> {
    await eventually(() => server.ask(token, "{ viewer { scopes } }"));
    await holder.query(`begin; ${lock}`);
    try {
      return await work();
    } finally {
      await holder.query("rollback");
    }
  }

  async function activeStatements(): Promise<string[]> {
    // A transaction keeps its first snapshot of pg_stat_activity.
    await holder.query("select pg_stat_clear_snapshot()");
    const { rows } = await holder.query<{ query: string }>(
      `select query from pg_stat_activity
       where datname = current_database() and application_name = 'pocketcharge'
         and state <> 'idle' and pid <> pg_backend_pid()`,
    );
    return rows.map(({ query }) => query);
  }

  /** Waits until PostgreSQL runs no statement of the server, at most as long as the test may last. */
  async function untilNothingIsActive(): Promise<void> {
    while ((await activeStatements()).length > 0) await sleep(10);
  }

  const LOCK = "lock table customers in access exclusive mode";

  it.each([
    ["a list", "{ customers { nodes { id } } }"],
    ["figures", "{ customers { totalCount } }"],
    ["several lists", "{ customers { nodes { id } } a: customers(first: 3) { edges { cursor } } }"],
  ])("is answered SERVICE_UNAVAILABLE, and PostgreSQL stops reading: %s", async (_, query) => {
    await whileHeld(LOCK, async () => {
      const { status, errors, data, extensions } = await server.send(token, query);
      expect(status).toBe(503);
      expect(errors).toMatchObject([{ extensions: { code: "SERVICE_UNAVAILABLE" } }]);
      expect(errors?.[0]?.message).toMatch(/^The request was aborted after 400 ms/);
      expect(data).toBeUndefined();
      expect(extensions?.cost.charged).toBeGreaterThan(0);
      // The lock is still held, so only a cancellation can end them.
      await untilNothingIsActive();
    });
    // The pool still works.
    const all = Array.from({ length: 8 }, () => eventually(() => server.ask(token, query)));
    await Promise.all(all);
  });

  it("releases the database when its client disconnects", async () => {
    const slow = await TestServer.start({ poolSize: 2 });
    const ended = new pg.Client({ connectionString: slow.database.url });
    await ended.connect();
    try {
      const merchant = await slow.createMerchant();
      await slow.ask(merchant.token, "{ viewer { scopes } }");
      await ended.query(`begin; ${LOCK}`);
      const client = await RawClient.open(slow);
      const body = '{"query":"{ customers { totalCount } }"}';
      const authorization = `authorization: Token ${merchant.token}`;
      client.write(postHeaders(body.length, authorization) + body);
      const waiting = async (): Promise<number> => {
        const { rows } = await ended.query<{ count: number }>(
          `select count(*)::int from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return rows[0]!.count;
      };
      while ((await waiting()) === 0) await sleep(10);
      client.close();
      while ((await waiting()) > 0) await sleep(10);
      // A client that disconnects does not count as a server error.
      expect(slow.logged.filter((line) => /"level":[4-6]0/.test(line))).toEqual([]);
    } finally {
      await ended.query("rollback");
      await ended.end();
      await slow.stop();
    }
  });

  it("is answered in the REST error format", async () => {
    await whileHeld("lock table payment_charges in access exclusive mode", async () => {
      const url = new URL("/api/boomerang/payment_charges", server.url);
      const response = await fetch(url, { headers: { authorization: `Token ${token}` } });
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({
        errors: [{ status: "503", code: "SERVICE_UNAVAILABLE" }],
      });
      await untilNothingIsActive();
    });
  });

  it("does not count the time in which its body arrives: REST", async () => {
    const slug = await server.createGroup({}, { id: merchantId, token });
    await eventually(async () => {
      const sent = { token: newId(), phone_number: "989120000000", amount: 5_000 };
      const body = JSON.stringify({ charges: [sent] });
      const client = await RawClient.open(server);
      const path = `/pockets/${slug}/charge/`;
      const authorization = `authorization: Token ${token}`;
      const headers = postHeaders(body.length, authorization, "connection: close");
      client.write(headers.replace("/graphql", path) + body.slice(0, 20));
      await sleep(600);
      client.write(body.slice(20));
      const answer = await client.closed;
      expect(answer).toMatch(/^HTTP\/1.1 200 /);
      expect(answer).toContain('"status":"success"');
    });
  });

  it("reads nothing if it was aborted before a connection was free", async () => {
    const { pool } = server.database;
    const all = await Promise.all(Array.from({ length: 4 }, () => pool.connect()));
    const query = vi.spyOn(pg.Client.prototype, "query");
    const { status } = await server.send(token, "{ customers { totalCount } }");
    expect(status).toBe(503);
    for (const connection of all) connection.release();
    await vi.waitFor(() => {
      expect(pool.waitingCount).toBe(0);
    });
    const texts = query.mock.calls.map(([sent]) => (sent as unknown as { text: string }).text);
    query.mockRestore();
    expect(texts.filter((text) => text.includes("customers"))).toEqual([]);
  });

  it("is not stopped in the middle of a charge, which is made and found by its token", async () => {
    const slug = await server.createGroup({}, { id: merchantId, token });
    const charge = { token: newId(), phoneNumber: "989120000000", amount: 5_000 };
    const first = { ...charge, token: newId() };
    await eventually(() => chargePockets(server, token, slug, [first]));
    await whileHeld("lock table pockets in exclusive mode", () =>
      eventually(async () => {
        const { status, errors } = await sendCharges(server, token, slug, [charge]);
        expect(status).toBe(503);
        expect(errors?.[0]?.message).toContain("safe to retry a change with the same tokens");
        expect((await activeStatements()).length).toBeGreaterThan(0);
      }),
    );
    await untilNothingIsActive();
    const results = await eventually(() => chargePockets(server, token, slug, [charge]));
    expect(results).toMatchObject([
      { code: "DUPLICATE_TOKEN", pocketCharge: { amount: 5_000, balanceAfter: 10_000 } },
    ]);
  });

  it("does not begin its next mutation", async () => {
    const create = (alias: string): string =>
      `${alias}: createCustomer(input: { name: "${alias}" }) { customer { id } }`;
    await eventually(async () => {
      await whileHeld("lock table customers in exclusive mode", async () => {
        const { status } = await server.send(
          token,
          `mutation { ${create("one")} ${create("two")} }`,
        );
        expect(status).toBe(503);
      });
      await untilNothingIsActive();
      const { customers } = await server.ask<{ customers: { nodes: { name: string }[] } }>(
        token,
        "{ customers { nodes { name } } }",
      );
      expect(new Set(customers.nodes.map(({ name }) => name))).toEqual(new Set(["one"]));
    });
  });
});
