import { request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DOCUMENT_LIMITS, type DocumentLimits } from "../../src/shared/request-limits.js";
import { createDatabaseUrl } from "../support/database.js";
import { DataFolder, type ServerProcess } from "../support/process.js";

/**
 * The checks of the auditor graphql-cop (https://github.com/dolevf/graphql-cop), with its payloads, against
 * a server with development settings and one with production settings. The requests have no token,
 * like those of the auditor.
 */
const MODES = ["development", "production"] as const;
type Mode = (typeof MODES)[number];

let folder: DataFolder;
const servers = new Map<Mode, ServerProcess>();

beforeAll(async () => {
  folder = await DataFolder.create();
  const starting = MODES.map(async (mode) => {
    const DATABASE_URL = await createDatabaseUrl("migrated");
    const env = { DATABASE_URL, DATABASE_POOL_SIZE: "2", NODE_ENV: mode };
    servers.set(mode, await folder.startServer(env));
  });
  await Promise.all(starting);
});

afterAll(() => folder.remove());

interface Answer {
  status: number;
  text: string;
  data?: unknown;
  errors?: { message: string; locations?: unknown[]; extensions: Record<string, unknown> }[];
  extensions?: unknown;
}

type Options = NonNullable<Parameters<typeof request>[1]>;

async function send(mode: Mode, path: string, options: Options): Promise<Answer> {
  const {
    statusCode: status,
    headers,
    body,
  } = await request(new URL(path, servers.get(mode)!.url), options);
  const text = await body.text();
  const isJson = String(headers["content-type"]).startsWith("application/json");
  return { status, text, ...(isJson ? (JSON.parse(text) as Partial<Answer>) : {}) };
}

/** Sends a query like the auditor: as JSON, by POST. */
function ask(mode: Mode, query: string): Promise<Answer> {
  return post(mode, JSON.stringify({ query }));
}

function post(mode: Mode, body: string, contentType = "application/json"): Promise<Answer> {
  return send(mode, "/graphql", { method: "POST", headers: { "content-type": contentType }, body });
}

/** The status of a response, and the codes of its errors in order. */
function outcomeOf({ status, data, errors }: Answer): unknown {
  const codes = errors?.map(({ extensions }) => extensions["code"]);
  return { status, ...(data == null ? {} : { data }), ...(codes ? { codes } : {}) };
}

/** Expects only this error, with nothing but its message and code. */
function expectRefusal(answer: Answer, status: number, code: string, words: RegExp): void {
  expect(outcomeOf(answer)).toEqual({ status, codes: [code] });
  expect(answer.errors![0]!.message).toMatch(words);
  expect(answer.errors![0]!.extensions).toEqual({ code });
}

const TYPENAME = { status: 200, data: { __typename: "Query" } };

/** Expects a refusal only for this limit, with a charged cost of 0. */
function expectLimit(answer: Answer, limit: keyof DocumentLimits, has: number): void {
  const exceeded = { limit, has, allowed: DOCUMENT_LIMITS[limit] };
  expect(outcomeOf(answer)).toEqual({ status: 400, codes: ["BAD_REQUEST"] });
  expect(answer.errors![0]!.extensions).toEqual({ code: "BAD_REQUEST", exceeded });
  const cost = { charged: 0, limit: DOCUMENT_LIMITS.cost, exceeded };
  expect(answer.extensions).toEqual({ cost });
}

describe.each(MODES)("in %s, a document that is too large is refused:", (mode) => {
  it("alias overloading, the same field under 101 names", async () => {
    const aliases = Array.from({ length: 101 }, (_, at) => `alias${String(at)}: __typename`);
    expectLimit(await ask(mode, `query cop { ${aliases.join("\n")} }`), "aliases", 101);
  });

  it("directive overloading, ten unknown directives on a field, with one error for all", async () => {
    const query = `query cop { __typename ${"@aa".repeat(10)} }`;
    const answer = await ask(mode, query);
    expectRefusal(answer, 400, "GRAPHQL_VALIDATION_FAILED", /^Unknown directive "@aa"\.$/);
    expect(answer.errors![0]!.locations).toHaveLength(10);
  });

  it("directive overloading, more directives than there may be, unknown ones too", async () => {
    expectLimit(await ask(mode, `query cop { __typename ${"@aa".repeat(51)} }`), "directives", 51);
  });

  it("field duplication, one field 500 times", async () => {
    const query = `query cop { ${"__typename \n".repeat(500)} }`;
    expectLimit(await ask(mode, query), "selections", 500);
  });

  it("circular introspection, fields of types of fields", async () => {
    const query =
      "query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }";
    const answer = await ask(mode, query);
    const messages = answer.errors?.map(({ message }) => message);
    expect(new Set(answer.errors?.map(({ extensions }) => extensions["code"]))).toEqual(
      new Set(["GRAPHQL_VALIDATION_FAILED"]),
    );
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.data).toBeUndefined();
    expect(messages).toContain("Maximum introspection depth exceeded");
    expect(messages).toHaveLength(mode === "production" ? 2 : 1);
  });

  it("a batch, eleven requests in one", async () => {
    const batch = Array.from({ length: 11 }, () => ({ query: "query cop { __typename }" }));
    const words = /^A request must contain one operation, as a JSON object; this is a list of 11\./;
    expectRefusal(await post(mode, JSON.stringify(batch)), 400, "BAD_REQUEST", words);
  });
});

describe("field suggestions", () => {
  const QUERIES = ["query cop { __schema { directive } }", "query cop { custome { id } }"];

  it.each(QUERIES)("are given in development, where the schema is open: %s", async (query) => {
    const answer = await ask("development", query);
    expect(outcomeOf(answer)).toEqual({ status: 400, codes: ["GRAPHQL_VALIDATION_FAILED"] });
    expect(answer.errors![0]!.message).toContain("Did you mean");
  });

  it.each(QUERIES)("are not given in production: %s", async (query) => {
    const answer = await ask("production", query);
    expect(answer.status).toBe(400);
    const codes = new Set(answer.errors!.map(({ extensions }) => extensions["code"]));
    expect([...codes]).toEqual(["GRAPHQL_VALIDATION_FAILED"]);
    expect(answer.text).not.toMatch(/did you mean|directives|customers?\b/i);
  });
});

describe("introspection", () => {
  const QUERY = "query cop { __schema { types { name fields { name } } } }";

  it("is allowed in development: the schema is published, and the playground needs it", async () => {
    const answer = await ask("development", QUERY);
    expect(answer.status).toBe(200);
    expect(answer).toHaveProperty("data.__schema.types");
  });

  it("is refused in production", async () => {
    const answer = await ask("production", QUERY);
    expect(outcomeOf(answer)).toEqual({ status: 400, codes: ["GRAPHQL_VALIDATION_FAILED"] });
    expect(answer.errors![0]!.message).toMatch(/introspection is off/i);
  });
});

describe("an editor such as GraphiQL", () => {
  const PATHS = ["/graphiql", "/playground", "/console", "/graphql"];
  /** The console is no editor. /graphql refuses a request without a query. */
  const IN_PRODUCTION: Readonly<Record<string, number>> = { "/console": 200, "/graphql": 400 };
  const SIGNS = /graphiql\.min\.css|GraphQL Playground|GraphiQL|graphql-playground/;

  it("is served in development only at /playground: the console is no editor, and neither contains what the auditor looks for", async () => {
    const served: string[] = [];
    for (const path of PATHS) {
      const { status, text } = await send("development", path, { headers: { accept: "*/*" } });
      if (status === 200) served.push(path);
      expect(text).not.toMatch(SIGNS);
    }
    expect(served).toEqual(["/playground", "/console"]);
  });

  it.each(PATHS)("is not there in production: %s", async (path) => {
    for (const accept of ["*/*", "text/html"]) {
      const answer = await send("production", path, { headers: { accept } });
      expect(answer.status).toBe(IN_PRODUCTION[path] ?? 404);
      expect(answer.text).not.toMatch(SIGNS);
    }
  });
});

describe.each(MODES)("in %s, a request that any page can make a browser send", (mode) => {
  const CSRF = /without the browser's check \(Cross-Site Request Forgery\)/;
  const inUrl = (query: string): string => `/graphql?query=${encodeURIComponent(query)}`;
  const PREFLIGHT = { "apollo-require-preflight": "true" };

  it("is refused: a query by GET", async () => {
    const answer = await send(mode, inUrl("query cop { __typename }"), {});
    expectRefusal(answer, 400, "BAD_REQUEST", CSRF);
  });

  it("is refused: a mutation by GET", async () => {
    const answer = await send(mode, inUrl("mutation cop { __typename }"), {});
    expectRefusal(answer, 400, "BAD_REQUEST", CSRF);
  });

  it("is refused: a query in the address, by POST without a body", async () => {
    const answer = await send(mode, inUrl("query cop { __typename }"), { method: "POST" });
    expectRefusal(answer, 400, "BAD_REQUEST", CSRF);
  });

  it("is refused: a query as a form", async () => {
    const form = new URLSearchParams({ query: "query cop { __typename }" }).toString();
    const answer = await post(mode, form, "application/x-www-form-urlencoded");
    expectRefusal(answer, 415, "BAD_REQUEST", /Send application\/json/);
  });

  it("is refused: a query as a form with a file", async () => {
    const body = `--x\r\ncontent-disposition: form-data; name="query"\r\n\r\n{ __typename }\r\n--x--\r\n`;
    const answer = await post(mode, body, "multipart/form-data; boundary=x");
    expectRefusal(answer, 415, "BAD_REQUEST", /Send application\/json/);
  });

  it("is refused: JSON that is called a plain text", async () => {
    const answer = await post(mode, '{"query":"{ __typename }"}', "text/plain");
    expectRefusal(answer, 415, "BAD_REQUEST", /Send application\/json/);
  });

  it("is answered with a header that requires a preflight: a query by GET", async () => {
    // Intended: caches and persisted queries use GET, and a page cannot send this header without a preflight.
    const answer = await send(mode, inUrl("query cop { __typename }"), { headers: PREFLIGHT });
    expect(outcomeOf(answer)).toEqual(TYPENAME);
  });

  it.each(["Basic dXNlcjpwYXNz", "Digest username=a", "Negotiate YII=", "NTLM TlRM"])(
    "is refused with credentials that a browser adds by itself: a query by GET, %s",
    async (authorization) => {
      const headers = { authorization };
      const answer = await send(mode, inUrl("query cop { __typename }"), { headers });
      expectRefusal(answer, 400, "BAD_REQUEST", CSRF);
    },
  );

  it("is refused even with that header: a mutation by GET", async () => {
    const answer = await send(mode, inUrl("mutation cop { __typename }"), { headers: PREFLIGHT });
    expectRefusal(answer, 405, "BAD_REQUEST", /cannot be sent by GET/);
  });
});

describe.each(MODES)("in %s, internal information", (mode) => {
  it("is in no response: tracing", async () => {
    for (const headers of [{}, { "apollo-tracing": "1", "x-apollo-tracing": "1" }]) {
      const answer = await send(mode, "/graphql", {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ query: "query cop { __typename }" }),
      });
      expect(JSON.parse(answer.text)).toEqual({
        data: { __typename: "Query" },
        extensions: { cost: { charged: 0, limit: DOCUMENT_LIMITS.cost } },
      });
    }
  });

  it("is in no error: a stack or an exception", async () => {
    const answer = await ask(mode, "qwerty cop { abc }");
    expectRefusal(
      answer,
      400,
      "GRAPHQL_PARSE_FAILED",
      /^Syntax Error: Unexpected Name "qwerty"\.$/,
    );
    expect(answer.text).not.toMatch(/exception|stacktrace|node_modules|at .+:\d+:\d+/i);
  });

  it("is in no error of a field that fails: a stack or an exception", async () => {
    const answer = await ask(mode, "query cop { viewer { scopes } }");
    expectRefusal(answer, 401, "UNAUTHENTICATED", /^This operation requires an API token\./);
    expect(answer.text).not.toMatch(/exception|stacktrace|node_modules|at .+:\d+:\d+/i);
  });
});

describe.each(MODES)("in %s, fragments that spread each other", (mode) => {
  it("are refused", async () => {
    const answer = await ask(
      mode,
      `query cop { ...A } fragment A on Query { __typename ...B } fragment B on Query { ...A }`,
    );
    expectRefusal(
      answer,
      400,
      "GRAPHQL_VALIDATION_FAILED",
      /Cannot spread fragment "A" within itself/,
    );
  });
});
