import { type AuditResult, serverAudits } from "graphql-http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestServer } from "../support/server.js";

type Outcome = AuditResult["status"];

let server: TestServer;
/** The headers of an audit. The custom header makes a browser send a preflight. */
let headers: Record<string, string> = {};

beforeAll(async () => {
  server = await TestServer.start();
});

afterAll(() => server.stop());

const AUDITS = serverAudits({
  url: () => server.url,
  fetchFn: (url: string, options: RequestInit = {}) =>
    fetch(url, { ...options, headers: { ...(options.headers as object), ...headers } }),
});

async function outcomes(sending: Record<string, string>): Promise<Record<string, Outcome>> {
  headers = sending;
  const results = await Promise.all(AUDITS.map(({ fn }) => fn()));
  return Object.fromEntries(results.map(({ id, status }) => [id, status]));
}

/** Every audit of graphql-http 1.22.4, in its order. */
const IDS =
  "22EB 4655 47DE 80D8 82A3 BF61 78D5 2C94 5A70 9C48 9ABE 03D4 A5BF 423L LKJ0 LKJ1 LKJ2 LKJ3 " +
  "34A2 13EE 6C00 6C01 6C02 6C03 8161 B8B3 94B0 0220 94B1 0221 94B2 0222 4760 4761 4762 4763 " +
  "2EA1 28B9 D6D5 6A70 58B0 58B1 58B2 58B3 428F 1B7A B6DC BCF8 8764 3E3A 572B FDE2 7B9B " +
  "865D 556A D586 51FE 74FF 5E5B 86EE";
const ALL_OK = Object.fromEntries(IDS.split(" ").map((id): [string, Outcome] => [id, "ok"]));

/**
 * Intended deviations. For clients that accept `application/json`, the draft requires status 200 for a request
 * that cannot be executed. This server responds with 400 regardless of the Accept header, so that proxies,
 * metrics and clients that only read the status do not count it as a success.
 */
const STATUS_OF_FAILURE: Record<string, Outcome> = {
  "572B": "warn", // a document that cannot be parsed: 400
  FDE2: "warn", // a document that is not valid: 400
  "7B9B": "warn", // a variable of another type: 400
};

/** The server refuses a GET that any page could make a browser send, because it may be forged. */
const SIMPLE_GET: Record<string, Outcome> = {
  "5A70": "notice", // a query in the URL
  D6D5: "notice", // variables in the URL, accepting application/graphql-response+json
  "6A70": "notice", // variables in the URL, accepting application/json
};

describe("GraphQL over HTTP, as graphql-http audits it", () => {
  it("satisfies the draft, except for the status of requests that cannot be executed", async () => {
    const answered = await outcomes({ "apollo-require-preflight": "true" });
    expect(answered).toEqual({ ...ALL_OK, ...STATUS_OF_FAILURE });
  });

  it("is refused by GET without a header that requires a preflight", async () => {
    expect(await outcomes({})).toEqual({ ...ALL_OK, ...STATUS_OF_FAILURE, ...SIMPLE_GET });
  });
});
