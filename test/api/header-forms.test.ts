import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import { CHARGES, JSON_API } from "../support/rest.js";
import { TestServer } from "../support/server.js";

let server: TestServer;
let token: string;

beforeAll(async () => {
  server = await TestServer.start();
  token = (await server.createMerchant()).token;
});

afterAll(() => server.stop());

interface Answer {
  status: number;
  type: string;
  body: { data?: { id?: string; viewer?: unknown }; errors?: object[] };
  headers: Headers;
}

async function send(
  path: string,
  headers: Record<string, string>,
  body?: string | Buffer,
): Promise<Answer> {
  const response = await fetch(new URL(path, server.url), {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Token ${token}`, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const type = response.headers.get("content-type") ?? "";
  const answer = (await response.json()) as Answer["body"];
  return { status: response.status, type, body: answer, headers: response.headers };
}

const JSON_TYPE = { "content-type": "application/json" };
const QUERY = JSON.stringify({ query: "{ viewer { scopes } }" });
const CREATION = JSON.stringify({
  data: { type: "payment_charges", attributes: { amount_in_cents: 5 } },
});
const BOTH: [path: string, body: string, status: number][] = [
  ["/graphql", QUERY, 200],
  [CHARGES, CREATION, 201],
];

describe("a media type is read whatever its case and parameters:", () => {
  it.each([
    ...["Application/JSON", "application/json;charset=utf-8", 'application/json; charset="UTF-8"'],
    ...[
      "application/json; charset=utf8",
      "application/json; CHARSET=US-ASCII",
      "application/json ; a=b",
    ],
  ])("a body of %s", async (type) => {
    for (const [path, body, status] of BOTH) {
      expect((await send(path, { "content-type": type }, body)).status).toBe(status);
    }
  });

  it.each(["utf-16", "iso-8859-1", '"UTF-7"', "utf-16le"])(
    "no body in the charset %s",
    async (charset) => {
      for (const [path, body] of BOTH) {
        const headers = { "content-type": `application/json; charset=${charset}` };
        expect((await send(path, headers, body)).status).toBe(415);
      }
    },
  );

  it.each([
    ["application/json; charset=utf-8", "application/json"],
    ["application/json;charset=utf8", "application/json"],
    ['Application/JSON; charset="UTF-8"; a="b,c"', "application/json"],
    ["application/graphql-response+json;q=0.9", "application/graphql-response+json"],
    [
      "application/graphql-response+json; a=b, application/json;q=0.5",
      "application/graphql-response+json",
    ],
    ["APPLICATION/*", "application/json"],
    ["*/*;q=0.1, application/json;q=0", "application/graphql-response+json"],
    ["application/json;q=0.5, application/*", "application/graphql-response+json"],
    ["text/html, */*;q=0.1", "application/json"],
    ["*/*, application/json", "application/json"],
    ["application/*, application/json", "application/json"],
    ["application/json, application/graphql-response+json", "application/json"],
    ["application/graphql-response+json, application/json", "application/graphql-response+json"],
  ])("GraphQL accepted as %s is answered as %s", async (accept, type) => {
    const answer = await send("/graphql", { ...JSON_TYPE, accept }, QUERY);
    expect(answer.status).toBe(200);
    expect(answer.type.split(";")[0]).toBe(type);
  });

  it.each([
    [`${JSON_API}; profile="https://a.example/b, c"`, JSON_API],
    ["Application/VND.API+JSON", JSON_API],
    [`${JSON_API};q=0, application/json`, "application/json"],
    [`${JSON_API}; ext="https://a.example", ${JSON_API};q=0.1`, JSON_API],
    [`text/html; a="${JSON_API}"`, "application/json"],
  ])("REST accepted as %s is answered as %s", async (accept, type) => {
    const answer = await send(CHARGES, { accept });
    expect(answer.status).toBe(200);
    expect(answer.type.split(";")[0]).toBe(type);
  });
});

describe("a GraphQL request that does not accept JSON", () => {
  it.each(["image/png", "application/json;q=0", "text/*", "nonsense"])(
    "is refused before it changes anything: %s",
    async (accept) => {
      const query = 'mutation { createCustomer(input: { name: "A" }) { customer { id } } }';
      const headers = { ...JSON_TYPE, accept };
      const answer = await send("/graphql", headers, JSON.stringify({ query }));
      expect(answer.status).toBe(406);
      const { rows } = await server.database.pool.query("select from customers");
      expect(rows).toEqual([]);
    },
  );
});

describe("an extension of JSON:API", () => {
  it.each([
    [`${JSON_API}; ext="https://jsonapi.org/ext/atomic"`, 415],
    [`${JSON_API};EXT=a;profile=b`, 415],
    [`${JSON_API}; a=b`, 415],
    [`${JSON_API}; profile="https://a.example/b"`, 201],
    [`${JSON_API}; charset=utf-8`, 201],
    [`${JSON_API}; ext=""`, 201],
    ["APPLICATION/VND.API+JSON", 201],
  ])("in a body of %s: %i", async (type, status) => {
    const answer = await send(CHARGES, { "content-type": type }, CREATION);
    expect(answer.status).toBe(status);
    if (status === 415) expect(answer.body.errors).toMatchObject([{ status: "415" }]);
  });

  it.each([`${JSON_API}; ext="https://a.example"`, `${JSON_API};a=b, ${JSON_API};ext=c`])(
    "is not accepted as %s: 406",
    async (accept) => {
      expect((await send(CHARGES, { accept })).status).toBe(406);
    },
  );
});

describe("a compressed body", () => {
  const SPELLINGS: [coding: string, pack: (body: string) => Buffer][] = [
    ...["gzip", "GZIP", "x-gzip", "X-GZip", " gzip ", "identity, gzip"].map(
      (coding): [string, (body: string) => Buffer] => [coding, gzipSync],
    ),
    ["br", brotliCompressSync],
    ["BR", brotliCompressSync],
    ["Deflate", deflateSync],
    ["Identity", (body) => Buffer.from(body)],
  ];
  it.each(SPELLINGS)("is accepted when its coding is written %j", async (coding, pack) => {
    for (const [path, body, status] of BOTH) {
      const headers = { ...JSON_TYPE, "content-encoding": coding };
      expect((await send(path, headers, pack(body))).status).toBe(status);
    }
  });

  it.each(["zip", "gzip, gzip", "compress", "*", "gzip;q=1", "constructor", "__proto__"])(
    "is refused in the coding %j",
    async (coding) => {
      for (const [path, body] of BOTH) {
        const answer = await send(
          path,
          { ...JSON_TYPE, "content-encoding": coding },
          gzipSync(body),
        );
        expect(answer.status).toBe(415);
        expect(answer.headers.get("accept-encoding")).toBe("gzip, deflate, br");
      }
    },
  );

  it.each(SPELLINGS.filter(([coding]) => coding !== "Identity"))(
    "has the limit of a plain one: %j",
    async (coding, pack) => {
      const bomb = pack(" ".repeat(2_000_000));
      expect(bomb.length).toBeLessThan(100_000);
      const fits = pack(QUERY + " ".repeat(1_000_000 - QUERY.length));
      const headers = { ...JSON_TYPE, "content-encoding": coding };
      expect((await send("/graphql", headers, bomb)).status).toBe(413);
      expect((await send(CHARGES, headers, bomb)).status).toBe(413);
      expect((await send("/graphql", headers, fits)).status).toBe(200);
    },
  );

  it("is refused when it does not match its coding", async () => {
    const cut = gzipSync(QUERY).subarray(0, -9);
    for (const body of [Buffer.from(QUERY), cut, Buffer.alloc(1)]) {
      const headers = { ...JSON_TYPE, "content-encoding": "gzip" };
      expect((await send("/graphql", headers, body)).status).toBe(400);
    }
  });
});

describe("an Idempotency-Key", () => {
  it("is the same with quotes and without", async () => {
    const key = newId();
    const ids = [];
    for (const written of [key, `"${key}"`, ` "${key.toUpperCase()}" `, `"${key}";a=1`]) {
      const answer = await send(CHARGES, { ...JSON_TYPE, "idempotency-key": written }, CREATION);
      expect(answer.status, written).toBe(201);
      ids.push(answer.body.data?.id);
    }
    expect(new Set(ids).size).toBe(1);
  });

  it.each([`"`, `""`, `"a`, `'${newId()}'`, `"${newId()}`, `${newId()}"`, `"${newId()}" x`])(
    "is refused when it is not a UUID: %s",
    async (written) => {
      const answer = await send(CHARGES, { ...JSON_TYPE, "idempotency-key": written }, CREATION);
      expect(answer.status).toBe(400);
    },
  );
});

it.each(["token", "TOKEN", "bearer", "Bearer  ", "Token    "])(
  "an Authorization's scheme is read as %j",
  async (scheme) => {
    const headers = { ...JSON_TYPE, authorization: `${scheme} ${token}` };
    const answer = await send("/graphql", headers, QUERY);
    expect(answer.body.data?.viewer).not.toBeNull();
    expect(answer.status).toBe(200);
  },
);
