import { readFileSync } from "node:fs";
import { ApolloServerErrorCode } from "@apollo/server/errors";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../src/app/app.js";
import { openDatabase } from "../../src/database/database.js";
import { PersistedDocuments } from "../../src/graphql/persisted-documents.js";
import { PocketEntryErrorCode } from "../../src/pockets/ledger/item.js";
import { PocketChargeErrorCode } from "../../src/pockets/pocket-charge.js";
import { UserErrorCode } from "../../src/shared/user-error.js";
import { createDatabaseUrl } from "../support/database.js";
import { codeIn, tableOf } from "../support/doc-examples.js";
import type { GraphqlError } from "../support/graphql-client.js";
import { TestServer } from "../support/server.js";

const DOCUMENT = "docs/errors.md";

const REQUEST_CODES = tableOf(DOCUMENT, "## Errors of a request").map(
  ([code, status, meaning = ""]) => ({
    code: codeIn(code)[0] ?? "",
    status: Number(status),
    isGiven: !meaning.includes("not given"),
  }),
);

/** How to cause each code: the request body, sent with a merchant's token. */
const REQUESTS: Readonly<Record<string, object>> = {
  BAD_USER_INPUT: { query: "{ customers(first: 1000) { totalCount } }" },
  BAD_REQUEST: { variables: {} },
  FORBIDDEN: { query: "{ merchants { totalCount } }" },
  NOT_FOUND: {
    query: `mutation { updateCustomer(id: "0", input: { name: "N" }) { userErrors { code } } }`,
  },
  GRAPHQL_PARSE_FAILED: { query: "{" },
  GRAPHQL_VALIDATION_FAILED: { query: "{ nothing }" },
  OPERATION_RESOLUTION_FAILURE: { query: "query A { __typename } query B { __typename }" },
  PERSISTED_QUERY_NOT_FOUND: {
    extensions: { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } },
  },
  PERSISTED_QUERY_NOT_IN_LIST: { documentId: "not-in-the-list" },
};

let server: TestServer;
let token: string;

beforeAll(async () => {
  const persistedDocuments = PersistedDocuments.read("test/support/persisted-documents");
  server = await TestServer.start({ persistedDocuments });
  token = (await server.createMerchant()).token;
});

afterAll(() => server.stop());

/** The response and log of a server on another database. */
async function answerOn(
  databaseUrl: string,
): Promise<{ first: unknown; logged: string; id: string }> {
  const onIdleError = (): void => undefined;
  const database = openDatabase({ url: databaseUrl, poolSize: 2, timeoutMs: 5_000, onIdleError });
  const logged: string[] = [];
  const log = pino({}, { write: (line: string) => logged.push(line) });
  const app = await createApp({ database, log, introspection: false });
  const answer = await app.http.inject({
    method: "POST",
    url: "/graphql",
    headers: { authorization: `Token ${token}` },
    payload: { query: "{ viewer { scopes } }" },
  });
  await app.close();
  await database.close();
  return {
    first: summary(answer.statusCode, answer.json()),
    logged: logged.join(""),
    id: String(answer.headers["x-request-id"]),
  };
}

function summary(status: number, body: unknown): { code: string; status: number } {
  const { errors } = body as { errors: GraphqlError[] };
  return { code: errors[0]?.extensions.code ?? "", status };
}

function documented(code: string): { code: string; status: number } {
  const { status = Number.NaN } = REQUEST_CODES.find((row) => row.code === code) ?? {};
  return { code, status };
}

describe("the codes of a request's errors", () => {
  it("are exactly those of the source and of Apollo Server", () => {
    const source = readFileSync("src/graphql/present-error.ts", "utf8");
    const [, table = ""] = /HTTP_STATUS[^{]*\{([^}]*)\}/.exec(source) ?? [];
    const ours = [...table.matchAll(/(\w+): (\d+)/g)].map(([, code = ""]) => code);
    expect(ours).toContain("UNAUTHENTICATED");
    const codes = new Set([...ours, ...Object.keys(ApolloServerErrorCode)]);
    expect(REQUEST_CODES.map(({ code }) => code).toSorted()).toEqual([...codes].toSorted());
  });

  it("are each produced below, except those documented as unused", () => {
    const others = [
      "UNAUTHENTICATED",
      "RATE_LIMITED",
      "TOO_MANY_SUBSCRIPTIONS",
      // test/integration/event-feed.test.ts
      "SUBSCRIBER_TOO_SLOW",
      "SERVICE_UNAVAILABLE",
      "INTERNAL_SERVER_ERROR",
    ];
    const given = REQUEST_CODES.filter(({ isGiven }) => isGiven).map(({ code }) => code);
    expect(given.toSorted()).toEqual([...Object.keys(REQUESTS), ...others].toSorted());
  });

  it.each(Object.entries(REQUESTS))("have the HTTP status of the table: %s", async (code, body) => {
    const answer = await fetch(server.url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Token ${token}` },
      body: JSON.stringify(body),
    });
    expect(summary(answer.status, await answer.json())).toEqual(documented(code));
  });

  it("have the HTTP status of the table: UNAUTHENTICATED", async () => {
    const { status, errors } = await server.send(null, "{ viewer { scopes } }");
    expect(summary(status, { errors })).toEqual(documented("UNAUTHENTICATED"));
  });

  it("have the HTTP status of the table: RATE_LIMITED", async () => {
    const { database } = server;
    const log = pino({ level: "silent" });
    const limits = { slowsFailedAuthentication: true };
    const app = await createApp({ database, log, introspection: false, limits });
    const headers = { authorization: "Token bad" };
    const codes = new Map<string, unknown>();
    for (let index = 0; index < 100 && !codes.has("RATE_LIMITED"); index++) {
      const payload = { query: "{ viewer { scopes } }" };
      const answer = await app.http.inject({ method: "POST", url: "/graphql", headers, payload });
      const first = summary(answer.statusCode, answer.json());
      codes.set(first.code, first);
    }
    await app.close();
    expect(codes.get("RATE_LIMITED")).toEqual(documented("RATE_LIMITED"));
  });

  it("have the HTTP status of the table: TOO_MANY_SUBSCRIPTIONS", async () => {
    const { database } = server;
    const log = pino({ level: "silent" });
    const subscriptionLimits = { subscriptions: 0 };
    const app = await createApp({ database, log, introspection: false, subscriptionLimits });
    const headers = { authorization: `Token ${token}`, accept: "text/event-stream" };
    const payload = { query: "subscription { events { id } }" };
    const answer = await app.http.inject({ method: "POST", url: "/graphql", headers, payload });
    await app.close();
    expect(summary(answer.statusCode, answer.json())).toEqual(documented("TOO_MANY_SUBSCRIPTIONS"));
  });

  it("have the HTTP status of the table: SERVICE_UNAVAILABLE", async () => {
    const nowhere = "postgresql://nobody:nothing@127.0.0.1:1/none";
    const { first } = await answerOn(nowhere);
    expect(first).toEqual(documented("SERVICE_UNAVAILABLE"));
  });

  it("have the HTTP status of the table: INTERNAL_SERVER_ERROR, with its reqId in the log", async () => {
    const withoutTables = await createDatabaseUrl("empty");
    const { first, logged, id } = await answerOn(withoutTables);
    expect(first).toEqual(documented("INTERNAL_SERVER_ERROR"));
    expect(logged).toContain(`"reqId":"${id}"`);
  });

  it.each([
    ["a body above 1 MB", 413, { body: `"${"x".repeat(1_000_001)}"` }],
    ["a body that is not JSON by its Content-Type", 415, { headers: { "content-type": "a/b" } }],
    ["another method", 405, { method: "PUT" }],
  ])("have another status for %s", async (_, status, options) => {
    const json = { "content-type": "application/json" };
    const answer = await fetch(server.url, {
      method: "POST",
      body: "{}",
      headers: json,
      ...options,
    });
    expect(summary(answer.status, await answer.json())).toEqual({ code: "BAD_REQUEST", status });
  });
});

describe("the codes of user errors and of items", () => {
  it.each([
    ["## Refused values", UserErrorCode],
    ["## Refused charges", PocketChargeErrorCode],
    ["## Refused debits, reversals and holds", PocketEntryErrorCode],
  ])("are exactly those of the source: %s", (heading, source) => {
    const codes = tableOf(DOCUMENT, heading).flatMap(([code]) => codeIn(code));
    expect(codes.toSorted()).toEqual(Object.keys(source).toSorted());
  });
});
