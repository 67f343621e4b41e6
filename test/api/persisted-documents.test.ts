import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  PersistedDocuments,
  PersistedDocumentsError,
} from "../../src/graphql/persisted-documents.js";
import { httpRequest } from "../support/http-request.js";
import { sendRaw } from "../support/raw-http.js";
import { TestServer } from "../support/server.js";

const FOLDER = "test/support/persisted-documents";
const NOT_IN_LIST = [400, "PERSISTED_QUERY_NOT_IN_LIST"];

/** Servers that also execute other documents, and that do not. */
let mixed: TestServer;
let only: TestServer;
const tokens = new Map<TestServer, string>();

beforeAll(async () => {
  const persistedDocuments = PersistedDocuments.read(FOLDER);
  mixed = await TestServer.start({ persistedDocuments });
  only = await TestServer.start({ persistedDocuments, persistedOnly: true });
  for (const server of [mixed, only]) tokens.set(server, (await server.createMerchant()).token);
});
afterAll(async () => {
  await mixed.stop();
  await only.stop();
});

const hashOf = (algorithm: string, text: string): string =>
  createHash(algorithm).update(text).digest("hex");
const sha256 = (text: string): string => hashOf("sha256", text);
const textOf = (file: string): string => readFileSync(join(FOLDER, file), "utf8");
const apq = (sha256Hash: string): object => ({
  extensions: { persistedQuery: { version: 1, sha256Hash } },
});

/** The status, and the first code or the data. */
async function outcome(server: TestServer, sent: object, method = "POST"): Promise<unknown[]> {
  const headers = { authorization: `Token ${tokens.get(server)!}` };
  const url = new URL(server.url);
  if (method === "GET") {
    for (const [name, value] of Object.entries(sent))
      url.searchParams.set(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  const { status, text } = await httpRequest(
    url.href,
    method === "GET"
      ? { method, headers }
      : {
          method,
          headers: { ...headers, "content-type": "application/json" },
          body: JSON.stringify(sent),
        },
  );
  const { errors, data } = JSON.parse(text) as {
    data?: object;
    errors?: { extensions: { code: string } }[];
  };
  return [status, errors?.[0]?.extensions.code ?? Object.keys(data ?? {})[0]];
}

const RELAY = "query RelayQuery {\n  viewer {\n    scopes\n  }\n}\n";
const CODEGEN = "query CodegenQuery { viewer { scopes } }";
const TADA = "query TadaQuery { viewer { scopes } }";
const APOLLO = "query ApolloQuery { viewer { scopes __typename } }";

/** How clients refer to the documents of the folder. */
const REFERENCES: Readonly<Record<string, () => object>> = {
  "a file's text by its hash": () => apq(sha256(textOf("scopes.graphql"))),
  "the trimmed text": () => apq(sha256(textOf("scopes.graphql").trim())),
  "the printed text": () => apq(sha256("query Scopes {\n  viewer {\n    scopes\n  }\n}")),
  "an Apollo manifest": () => ({ operationName: "ApolloQuery", ...apq(sha256(APOLLO)) }),
  "Code Generator, with SHA-1 in sha256Hash": () => apq(hashOf("sha1", CODEGEN)),
  "a hash without the protocol's version": () => ({
    extensions: { persistedQuery: { sha256Hash: sha256(TADA) } },
  }),
  "Code Generator, as documentId": () => ({ documentId: hashOf("sha1", CODEGEN) }),
  "Relay's doc_id": () => ({ doc_id: hashOf("md5", RELAY), variables: {} }),
  "Relay's id, without a text": () => ({ id: hashOf("md5", RELAY), query: null }),
  "Relay's text by its SHA-256": () => apq(sha256(RELAY)),
  "gql.tada's prefixed id": () => ({ documentId: `sha256:${sha256(TADA)}` }),
  "GraphQL over HTTP": () => ({ documentId: `sha256:${sha256(APOLLO)}` }),
  "an id next to an empty query": () => ({ documentId: sha256(TADA), query: "" }),
  "the full text": () => ({ query: CODEGEN }),
  "the full text with its hash": () => ({ query: CODEGEN, ...apq(sha256(CODEGEN)) }),
};

describe.each([
  ["next to other documents", () => mixed],
  ["alone", () => only],
])("persisted documents, %s,", (_, serverOf) => {
  it.each(Object.entries(REFERENCES))("are found as clients send them: %s", async (__, sent) => {
    for (const method of ["POST", "GET"]) {
      const { query, ...others } = sent() as { query?: unknown };
      const given = query === null ? others : sent();
      const body = method === "GET" ? given : sent();
      expect(await outcome(serverOf(), body, method)).toEqual([200, "viewer"]);
    }
  });

  it("take variables and an operation's name", async () => {
    const id = { documentId: sha256(textOf("below/names.gql")) };
    const second = { ...id, operationName: "Second", variables: { n: 1 } };
    expect(await outcome(serverOf(), { ...id, operationName: "First" })).toEqual([
      200,
      "__typename",
    ]);
    for (const method of ["POST", "GET"])
      expect(await outcome(serverOf(), second, method)).toEqual([200, "customers"]);
    const wrong = { ...second, variables: { n: 0 } };
    expect(await outcome(serverOf(), wrong)).toEqual([400, "BAD_USER_INPUT"]);
  });

  it("change data only by POST", async () => {
    const sent = { documentId: "custom-id" };
    expect(await outcome(serverOf(), sent, "GET")).toEqual([405, "BAD_REQUEST"]);
    expect(await outcome(serverOf(), sent)).toEqual([200, "createCustomer"]);
  });

  it("need a token with the right scopes", async () => {
    const { status, errors } = await serverOf().send(null, CODEGEN);
    expect([status, errors?.[0]?.extensions.code]).toEqual([401, "UNAUTHENTICATED"]);
  });

  it("are not found by another id, of whatever type", async () => {
    for (const documentId of [
      "0".repeat(64),
      `sha1:${hashOf("sha1", CODEGEN)}`,
      "__proto__",
      1,
      {},
    ])
      expect(await outcome(serverOf(), { documentId })).toEqual(NOT_IN_LIST);
  });
});

describe("with PERSISTED_ONLY", () => {
  it.each([
    ["another document", { query: "query Other { viewer { scopes } }" }],
    ["one that differs in white space", { query: ` ${CODEGEN}` }],
    ["an introspection query", { query: "{ __schema { types { name } } }" }],
    ["the smallest query", { query: "{ __typename }" }],
    ["a text that is not GraphQL", { query: "{" }],
    ["an unknown hash", apq("0".repeat(64))],
    [
      "another text under the id of a document",
      { query: "{ __typename }", documentId: "custom-id" },
    ],
    ["another text with its hash", { query: "{ __typename }", ...apq(sha256("{ __typename }")) }],
    ["nothing", { variables: {} }],
  ])("refuses %s, and does not remember it", async (_, sent) => {
    for (const method of ["POST", "GET", "POST"])
      expect(await outcome(only, sent, method)).toEqual(NOT_IN_LIST);
  });

  it("refuses another document behind a fragment", async () => {
    const target = `/graphql#query=${encodeURIComponent(CODEGEN)}&x=?query={__typename}`;
    const { status } = await sendRaw(
      only.url,
      `GET ${target} HTTP/1.1\r\nHost: localhost\r\nApollo-Require-Preflight: true\r\nConnection: close\r\n\r\n`,
    );
    expect(status).toBe(400);
  });

  it("without it, automatic persisted queries work as before", async () => {
    const query = "query Automatic { viewer { scopes } }";
    const hash = apq(sha256(query));
    expect(await outcome(mixed, hash)).toEqual([200, "PERSISTED_QUERY_NOT_FOUND"]);
    expect(await outcome(mixed, { query, ...hash })).toEqual([200, "viewer"]);
    expect(await outcome(mixed, hash, "GET")).toEqual([200, "viewer"]);
    expect(await outcome(mixed, { ...hash, id: "a client's own" })).toEqual([200, "viewer"]);
    expect(await outcome(mixed, { query, documentId: "custom-id" })).toEqual([200, "viewer"]);
  });
});

describe("a file that the server cannot use stops its start, with the reason:", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pocketcharge-persisted-"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    [
      "a document that is not GraphQL",
      "a.graphql",
      "query {",
      /a\.graphql has a document that is not/,
    ],
    ["no JSON", "a.json", "{", /a\.json is not JSON/],
    ["another JSON", "a.json", "[]", /a\.json is no manifest/],
    ["ids by text", "a.json", `{ "a": 1 }`, /a\.json is no manifest/],
    ["an operation without its text", "a.json", `{ "operations": [{ "id": "a" }] }`, /no manifest/],
    ["no document", "a.json", "{}", /contains no documents/],
    [
      "one id of two documents",
      "a.json",
      `{ "operations": [{ "id": "a", "body": "{ a }" }, { "id": "a", "body": "{ b }" }] }`,
      /another document for the id a/,
    ],
  ])("%s", (_, name, text, reason) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    const read = (): unknown => PersistedDocuments.read(file);
    expect(read).toThrow(PersistedDocumentsError);
    expect(read).toThrow(reason);
    rmSync(file);
  });

  it("no file, and an empty folder", () => {
    expect(() => PersistedDocuments.read(join(folder, "none"))).toThrow(/none cannot be read/);
    expect(() => PersistedDocuments.read(folder)).toThrow(/contains no documents/);
  });
});
