import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { TOKEN_CACHE_MS } from "../../src/access/tokens-in-use.store.js";
import { createApp } from "../../src/app/app.js";
import type { Instant } from "../../src/shared/instant.js";
import type { Answer } from "../support/graphql-client.js";
import { type TestMerchant, TestServer, made } from "../support/server.js";

const VIEWER = `{
  viewer {
    scopes
    merchant { id name isActive defaultCurrency }
    employee { id name email isActive merchant { id } }
  }
}`;

interface Viewer {
  scopes: string[];
  merchant: Record<string, unknown> | null;
  employee: Record<string, unknown> | null;
}

const UNAUTHENTICATED = { status: 401, data: null, codes: ["UNAUTHENTICATED"] };
const FORBIDDEN = { status: 403, data: null, codes: ["FORBIDDEN"] };

let server: TestServer;
let merchant: TestMerchant;

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant("Token test merchant");
});

afterAll(() => server.stop());

/** Treats a response without data like one whose data is null. */
function summary({ status, data, errors }: Answer<unknown>): unknown {
  return { status, data: data ?? null, codes: errors?.map(({ extensions }) => extensions.code) };
}

/** Sends the given header unchanged; null sends no header. */
async function sendHeader(authorization: string | null, to = server): Promise<unknown> {
  return summary(await to.send(null, VIEWER, {}, authorization === null ? {} : { authorization }));
}

async function viewerOf(token: string): Promise<Viewer> {
  return (await server.ask<{ viewer: Viewer }>(token, VIEWER)).viewer;
}

async function createEmployee(merchantId: string, email: string): Promise<string> {
  return made(await server.app.services.employees.create({ merchantId, name: "E", email })).id;
}

/** @returns the id of the token with the given name, which is unique in these tests. */
async function tokenIdOf(name: string, on = server): Promise<string> {
  const { rows } = await on.database.pool.query<{ id: string }>(
    "select id from api_tokens where name = $1",
    [name],
  );
  expect(rows).toHaveLength(1);
  return rows[0]?.id ?? "";
}

async function revoke(id: string): Promise<void> {
  await server.ask(
    server.operatorToken,
    `mutation ($id: ID!) { revokeApiToken(id: $id) { apiToken { revokedAt } } }`,
    { id },
  );
}

describe("the header Authorization", () => {
  it.each(["Token", "Bearer", "token", "TOKEN", "bearer", "BEARER", "bEaReR", "tOkEn"])(
    "is accepted with the scheme %s",
    async (scheme) => {
      expect(await sendHeader(`${scheme} ${merchant.token}`)).toMatchObject({
        status: 200,
        data: { viewer: { merchant: { id: merchant.id } } },
      });
    },
  );

  it("is UNAUTHENTICATED with status 401 when it is missing", async () => {
    expect(await sendHeader(null)).toEqual(UNAUTHENTICATED);
  });

  it("is requested in the response if it is missing or invalid", async () => {
    for (const token of [null, "abc"]) {
      const { headers } = await server.send(token, VIEWER);
      expect(headers.get("www-authenticate")).toMatch(/^Token\b/);
    }
  });

  it.each<[string, (secret: string) => string]>([
    ["empty", () => ""],
    ["a scheme alone", () => "Token"],
    ["a scheme and a space", () => "Token "],
    ["a secret without a scheme", (secret) => secret],
    ["of another scheme", (secret) => `Basic ${secret}`],
    ["of a scheme that only starts like Token", (secret) => `Tokens ${secret}`],
    ["without a space after the scheme", (secret) => `Token${secret}`],
    ["with something after the secret", (secret) => `Token ${secret} more`],
    ["with the secret twice", (secret) => `Token ${secret},${secret}`],
    ["with a quoted secret", (secret) => `Token "${secret}"`],
  ])("is UNAUTHENTICATED with status 401 when it is %s", async (_, header) => {
    expect(await sendHeader(header(merchant.token))).toEqual(UNAUTHENTICATED);
  });
});

describe("a malformed token", () => {
  let quiet: TestServer;
  let secret: string;
  let acquired = 0;

  // Use a separate server, so that only this request takes connections. A statement cannot reach
  // PostgreSQL without a connection.
  beforeAll(async () => {
    quiet = await TestServer.start();
    secret = (await quiet.createMerchant()).token;
    // It reads the database after a commit.
    await quiet.app.events.signal.close();
    quiet.database.pool.on("acquire", () => acquired++);
  });

  afterAll(() => quiet.stop());

  async function expectRefusedWithoutQuery(token: string): Promise<void> {
    acquired = 0;
    const answer = await sendHeader(`Token ${token}`, quiet);
    expect({ token, answer, acquired }).toEqual({ token, answer: UNAUTHENTICATED, acquired: 0 });
  }

  it.each<[string, (secret: string) => string]>([
    ["a word", () => "abc"],
    ["a UUID", () => "01988f7a-d22b-7c3d-977f-27af99c2a5a5"],
    ["short of its last character", (secret) => secret.slice(0, -1)],
    ["short of its first character", (secret) => secret.slice(1)],
    ["one character too long", (secret) => `${secret}A`],
    ["a secret twice in a row", (secret) => secret + secret],
    ["in upper case", (secret) => secret.toUpperCase()],
    ["8,000 characters long", () => "A".repeat(8_000)],
    ["an attempt at SQL", () => "' or true; --"],
  ])("that is %s is UNAUTHENTICATED and costs no query", async (_, malformed) => {
    await expectRefusedWithoutQuery(malformed(secret));
  });

  it("with any one character changed fails its checksum, and costs no query", async () => {
    for (let index = 0; index < secret.length; index++) {
      const changed = secret[index] === "a" ? "b" : "a";
      const wrong = secret.slice(0, index) + changed + secret.slice(index + 1);
      await expectRefusedWithoutQuery(wrong);
    }
  });

  it("with two adjacent characters swapped fails its checksum, and costs no query", async () => {
    const index = Array.from(secret).findIndex(
      (character, at) => at > secret.length / 2 && character !== secret[at + 1],
    );
    const neighbours = `${secret[index + 1] ?? ""}${secret[index] ?? ""}`;
    await expectRefusedWithoutQuery(secret.slice(0, index) + neighbours + secret.slice(index + 2));
  });

  it("is distinguished from a well-formed one, which costs a query", async () => {
    acquired = 0;
    expect(await sendHeader(`Token ${secret}`, quiet)).toMatchObject({ status: 200 });
    expect(acquired).toBeGreaterThan(0);
  });
});

describe("a well-formed token", () => {
  it("that is unknown is UNAUTHENTICATED", async () => {
    const token = await server.createToken({ merchantId: merchant.id, name: "forgotten" });
    await server.database.pool.query("delete from api_tokens where name = 'forgotten'");
    expect(await sendHeader(`Token ${token}`)).toEqual(UNAUTHENTICATED);
  });

  it("of another installation is UNAUTHENTICATED", async () => {
    const elsewhere = await TestServer.start();
    const { token } = await elsewhere.createMerchant();
    await elsewhere.stop();
    expect(await sendHeader(`Token ${token}`)).toEqual(UNAUTHENTICATED);
  });

  it("is refused from its expiry on, to the millisecond", async () => {
    let now = "2031-05-06T07:08:09.000000Z" as Instant;
    const timed = await TestServer.start({ clock: { now: () => now } });
    try {
      const { id } = await timed.createMerchant();
      const expiresAt = "2031-05-06T07:09:10.123000Z" as Instant;
      const token = await timed.createToken({ merchantId: id, expiresAt });
      const statusAt = async (instant: string): Promise<unknown> => {
        now = instant as Instant;
        return sendHeader(`Token ${token}`, timed);
      };
      expect(await statusAt("2031-05-06T07:08:09.000000Z")).toMatchObject({ status: 200 });
      expect(await statusAt("2031-05-06T07:09:10.122999Z")).toMatchObject({ status: 200 });
      expect(await statusAt("2031-05-06T07:09:10.123000Z")).toEqual(UNAUTHENTICATED);
      expect(await statusAt("2031-05-07T00:00:00.000000Z")).toEqual(UNAUTHENTICATED);
    } finally {
      await timed.stop();
    }
  });

  it("that was just accepted is UNAUTHENTICATED at once when it is revoked", async () => {
    const token = await server.createToken({ merchantId: merchant.id, name: "to revoke" });
    expect(await sendHeader(`Token ${token}`)).toMatchObject({ status: 200 });
    await revoke(await tokenIdOf("to revoke"));
    expect(await sendHeader(`Token ${token}`)).toEqual(UNAUTHENTICATED);
    expect(await sendHeader(`Token ${merchant.token}`)).toMatchObject({ status: 200 });
  });

  it("that is revoked in one process is UNAUTHENTICATED in every other within two seconds", async () => {
    const token = await server.createToken({ merchantId: merchant.id, name: "to revoke twice" });
    const log = pino({ level: "silent" });
    const second = await createApp({ database: server.database, log, introspection: false });
    const statusThere = async (): Promise<number> => {
      const { statusCode } = await second.http.inject({
        method: "POST",
        url: "/graphql",
        headers: { authorization: `Token ${token}` },
        payload: { query: VIEWER },
      });
      return statusCode;
    };
    vi.useFakeTimers({ toFake: ["performance"] });
    vi.advanceTimersByTime(1); // lru-cache treats a start time of 0 as unset
    try {
      expect(await statusThere()).toBe(200);
      await revoke(await tokenIdOf("to revoke twice"));
      vi.advanceTimersByTime(2_001);
      expect(await statusThere()).toBe(401);
    } finally {
      vi.useRealTimers();
      await second.close();
    }
  });

  it("that is revoked in one worker is UNAUTHENTICATED in another as soon as it is notified", async () => {
    const token = await server.createToken({ merchantId: merchant.id, name: "to revoke in one" });
    const options = {
      database: server.database,
      log: pino({ level: "silent" }),
      introspection: false,
    };
    const notified = await createApp(options);
    const tellBack = vi.fn();
    const one = await createApp({
      ...options,
      onTokensChanged: () => {
        notified.forgetTokens();
        tellBack();
      },
    });
    try {
      const callerOf = (): Promise<unknown> =>
        notified.authenticator.authenticate(`Token ${token}`);
      await expect(callerOf()).resolves.toMatchObject({ merchantId: merchant.id });
      await one.services.apiTokens.revoke(await tokenIdOf("to revoke in one"));
      await expect(callerOf()).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
      // A notified server must not notify others, or two servers would notify each other endlessly.
      expect(tellBack).toHaveBeenCalledTimes(1);
    } finally {
      await notified.close();
      await one.close();
    }
  });

  it("of an inactive merchant is FORBIDDEN with status 403, until it is active again", async () => {
    const { id, token } = await server.createMerchant();
    const employeeId = await createEmployee(id, "stopped@example.com");
    const tied = await server.createToken({ merchantId: id, employeeId });
    const setActive = (isActive: boolean): Promise<unknown> =>
      server.app.services.merchants.update(id, { isActive });

    expect(await sendHeader(`Token ${token}`)).toMatchObject({ status: 200 });
    await setActive(false);
    expect(await sendHeader(`Token ${token}`)).toEqual(FORBIDDEN);
    expect(await sendHeader(`Token ${tied}`)).toEqual(FORBIDDEN);
    expect(await sendHeader(`Token ${merchant.token}`)).toMatchObject({ status: 200 });
    await setActive(true);
    expect(await sendHeader(`Token ${token}`)).toMatchObject({ status: 200 });
  });

  it("of an inactive employee is FORBIDDEN, while the merchant's other tokens work", async () => {
    const { id, token } = await server.createMerchant();
    const employeeId = await createEmployee(id, "leaving@example.com");
    const colleagueId = await createEmployee(id, "staying@example.com");
    const leaving = await server.createToken({ merchantId: id, employeeId });
    const staying = await server.createToken({ merchantId: id, employeeId: colleagueId });
    const setActive = (isActive: boolean): Promise<unknown> =>
      server.app.services.employees.update(employeeId, { isActive });

    expect(await sendHeader(`Token ${leaving}`)).toMatchObject({ status: 200 });
    await setActive(false);
    expect(await sendHeader(`Token ${leaving}`)).toEqual(FORBIDDEN);
    expect(await sendHeader(`Token ${staying}`)).toMatchObject({ status: 200 });
    expect(await sendHeader(`Token ${token}`)).toMatchObject({ status: 200 });
    await setActive(true);
    expect(await sendHeader(`Token ${leaving}`)).toMatchObject({ status: 200 });
  });

  it("that is revoked stays UNAUTHENTICATED when its merchant is inactive too", async () => {
    const { id } = await server.createMerchant();
    const token = await server.createToken({ merchantId: id, name: "revoked and inactive" });
    await revoke(await tokenIdOf("revoked and inactive"));
    await server.app.services.merchants.update(id, { isActive: false });
    expect(await sendHeader(`Token ${token}`)).toEqual(UNAUTHENTICATED);
  });
});

describe("viewer", () => {
  it("returns the merchant and scopes of a merchant's token, and no employee", async () => {
    const token = await server.createToken({
      merchantId: merchant.id,
      scopes: ["POCKETS_READ", "PAYMENTS_WRITE"],
    });
    const viewer = await viewerOf(token);
    expect({ ...viewer, scopes: viewer.scopes.toSorted() }).toEqual({
      scopes: ["PAYMENTS_WRITE", "POCKETS_READ"],
      merchant: {
        id: merchant.id,
        name: "Token test merchant",
        isActive: true,
        defaultCurrency: "USD",
      },
      employee: null,
    });
  });

  it("returns the employee and merchant of an employee's token", async () => {
    const employeeId = await createEmployee(merchant.id, "Viewer@Example.com");
    const token = await server.createToken({ merchantId: merchant.id, employeeId });
    expect(await viewerOf(token)).toMatchObject({
      merchant: { id: merchant.id },
      employee: {
        id: employeeId,
        name: "E",
        email: "viewer@example.com",
        isActive: true,
        merchant: { id: merchant.id },
      },
    });
  });

  it("returns no merchant and no employee for an operator's token", async () => {
    expect(await viewerOf(server.operatorToken)).toEqual({
      scopes: ["OPERATOR"],
      merchant: null,
      employee: null,
    });
  });
});

describe("a token's secret", () => {
  it("is stored only as SHA-256, and in no column in any other form", async () => {
    const secret = await server.createToken({ merchantId: merchant.id, name: "hidden" });
    const { rows } = await server.database.pool.query<{ columns: string; hash: Buffer }>(
      "select to_jsonb(t)::text as columns, secret_hash as hash from api_tokens t",
    );
    const own = rows.find(({ columns }) => columns.includes('"hidden"'));
    expect(own?.hash.equals(createHash("sha256").update(secret).digest())).toBe(true);

    const everything = rows.map(({ columns }) => columns).join("\n");
    const bytes = Buffer.from(secret);
    for (const writing of [secret, ...["hex", "base64", "base64url"].map(encode)]) {
      expect(everything).not.toContain(writing);
    }
    function encode(encoding: string): string {
      return bytes.toString(encoding as BufferEncoding);
    }
  });

  it("has at least 128 bits and its checksum outside the stored prefix", async () => {
    const secret = await server.createToken({ merchantId: merchant.id, name: "prefixed" });
    const { rows } = await server.database.pool.query<{ prefix: string }>(
      "select prefix from api_tokens where name = 'prefixed'",
    );
    const prefix = rows[0]?.prefix ?? "";
    expect(prefix).not.toBe("");
    expect(secret.startsWith(prefix)).toBe(true);
    // A character has at most 6 bits: 128 bits need 22 characters, and a 32-bit checksum needs more.
    expect(secret.length - prefix.length).toBeGreaterThan(22);
  });

  it("is never the same twice", async () => {
    const secrets = await Promise.all(
      Array.from({ length: 20 }, () => server.createToken({ merchantId: merchant.id })),
    );
    expect(new Set(secrets.map((secret) => secret.slice(-30))).size).toBe(20);
  });

  it("is never logged when it is created, sent, refused, or part of a failing request", async () => {
    const failing = await TestServer.start();
    try {
      const { id } = await failing.createMerchant();
      const { createApiToken } = await failing.ask<{ createApiToken: { secret: string } }>(
        failing.operatorToken,
        `mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { secret } }`,
        { input: { merchantId: id, name: "logged", scopes: ["POCKETS_READ"] } },
      );
      const { secret } = createApiToken;
      const lookUp = `{ pocketGroup(slug: "any") { id } }`;
      await failing.send(secret, VIEWER);
      await failing.send(secret, "{ nonsense", {}, { authorization: `Bearer ${secret}` });
      await failing.send(secret, VIEWER, {}, { authorization: `Token ${secret.slice(0, -1)}` });
      await failing.database.pool.query("alter table pocket_groups rename to lost_groups");
      expect(await failing.send(secret, lookUp)).toMatchObject({ status: 500 });
      await failing.database.pool.query("alter table api_tokens rename to lost_tokens");
      await sleep(TOKEN_CACHE_MS);
      expect((await failing.send(secret, VIEWER)).status).toBeGreaterThanOrEqual(500);
      await failing.app.close();

      const log = failing.logged.join("\n");
      expect(log).toContain("pocket_groups");
      // Neither the whole secret nor all but its end, like the malformed one above.
      expect(log).not.toContain(secret.slice(0, -1));
      expect(log).not.toContain(failing.operatorToken);
    } finally {
      await failing.stop();
    }
  });
});

describe("a token's last use", () => {
  const CLOCK = "2031-01-02T03:04:05.000000Z" as Instant;

  /** Starts a server with a trigger that counts updates of api_tokens in the table `token_writes`. */
  async function startCounting(): Promise<TestServer> {
    const counting = await TestServer.start({ clock: { now: () => CLOCK } });
    await counting.database.pool.query(`
      create table token_writes (token_id uuid not null);
      create function count_write() returns trigger language plpgsql as $$
        begin insert into token_writes values (new.id); return null; end $$;
      create trigger count_write after update on api_tokens
        for each row execute function count_write();
    `);
    return counting;
  }

  async function writesTo(on: TestServer, tokenId: string): Promise<number> {
    const { rows } = await on.database.pool.query<{ count: number }>(
      "select count(*)::int as count from token_writes where token_id = $1",
      [tokenId],
    );
    return rows[0]?.count ?? Number.NaN;
  }

  async function lastUseOf(on: TestServer, tokenId: string): Promise<unknown> {
    const { rows } = await on.database.pool.query<{ at: string | null }>(
      `select to_char(last_used_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
       from api_tokens where id = $1`,
      [tokenId],
    );
    return rows[0]?.at;
  }

  it("is not written by requests, but once when the server closes", async () => {
    const counting = await startCounting();
    try {
      const { id } = await counting.createMerchant();
      const token = await counting.createToken({ merchantId: id, name: "used" });
      await counting.createToken({ merchantId: id, name: "unused" });
      const used = await tokenIdOf("used", counting);
      const unused = await tokenIdOf("unused", counting);

      await Promise.all(Array.from({ length: 20 }, () => counting.ask(token, VIEWER)));
      expect(await lastUseOf(counting, used)).toBeNull();
      expect(await writesTo(counting, used)).toBe(0);

      await counting.app.close();
      expect(await lastUseOf(counting, used)).toBe(CLOCK);
      expect(await writesTo(counting, used)).toBe(1);
      expect(await lastUseOf(counting, unused)).toBeNull();
    } finally {
      await counting.stop();
    }
  });

  it("is not written for a token that was refused", async () => {
    const counting = await startCounting();
    try {
      const { id } = await counting.createMerchant();
      const token = await counting.createToken({ merchantId: id, name: "revoked" });
      const tokenId = await tokenIdOf("revoked", counting);
      await counting.database.pool.query("update api_tokens set revoked_at = now() where id = $1", [
        tokenId,
      ]);
      expect(await sendHeader(`Token ${token}`, counting)).toEqual(UNAUTHENTICATED);
      await counting.app.close();
      expect(await lastUseOf(counting, tokenId)).toBeNull();
    } finally {
      await counting.stop();
    }
  });

  it("is shown to operators", async () => {
    const shown = await TestServer.start({ clock: { now: () => CLOCK } });
    try {
      const { id } = await shown.createMerchant();
      await shown.database.pool.query("update api_tokens set last_used_at = $1", [
        "2030-12-31T23:59:59.123000Z",
      ]);
      const data = await shown.ask(
        shown.operatorToken,
        `query ($id: ID!) { merchant(id: $id) { apiTokens { lastUsedAt } } }`,
        { id },
      );
      expect(data).toEqual({
        merchant: { apiTokens: [{ lastUsedAt: "2030-12-31T23:59:59.123000Z" }] },
      });
    } finally {
      await shown.stop();
    }
  });
});
