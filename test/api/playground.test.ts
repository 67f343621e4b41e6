import { createHash } from "node:crypto";
import { get } from "node:http";
import {
  type IntrospectionQuery,
  buildClientSchema,
  getIntrospectionQuery,
  parse,
  validate,
} from "graphql";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../src/app/app.js";
import { Demo } from "../../src/demo/demo.js";
import { playgroundStart } from "../../src/demo/playground-start.js";
import { LaterEntryError } from "../../src/pockets/ledger/past-ledger.service.js";
import type { PocketChargeRequest } from "../../src/pockets/pocket-charge.js";
import { instantOf } from "../../src/shared/instant.js";
import { newId } from "../../src/shared/uuid.js";
import { findingsIn } from "../support/audit.js";
import { TestServer } from "../support/server.js";

const BROWSER =
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
const ASSETS = [
  "graphiql.js",
  "graphiql.css",
  "editor.worker.js",
  "graphql.worker.js",
  "json.worker.js",
  "playground.js",
  "event-stream.js",
  "playground.css",
  "icon.svg",
];
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const START = {
  headers: '{ "Authorization": "Token secret" }',
  tabs: [
    {
      query: "# </script><!-- <script>alert(1)</script> & '\"\n{ viewer { scopes } }",
      variables: "",
    },
  ],
};

let server: TestServer;
let origin: string;

beforeAll(async () => {
  server = await TestServer.start({ playground: () => START });
  origin = new URL(server.url).origin;
});

afterAll(() => server.stop());

function open(path: string, accept = BROWSER): Promise<Response> {
  return fetch(`${origin}${path}`, { headers: { accept } });
}

/** A response as sent over the network, not decompressed. */
function download(path: string, headers: Record<string, string>) {
  return new Promise<{ status: number | undefined; encoding: string | undefined; body: Buffer }>(
    (resolve, reject) => {
      get(`${origin}${path}`, { headers }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => {
          const encoding = response.headers["content-encoding"];
          resolve({ status: response.statusCode, encoding, body: Buffer.concat(parts) });
        });
      }).on("error", reject);
    },
  );
}

describe("the page of the playground", () => {
  it.each([
    "/playground",
    "/playground/",
    "/graphql",
    "/graphql/",
    "/graphql?query=%7B%20viewer%20%7B%20scopes%20%7D%20%7D",
  ])("is served to browsers at %s, with a policy that allows only this server", async (path) => {
    const response = await open(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("content-security-policy")).toBe(POLICY);
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await response.text()).toContain("<title>Pocketcharge</title>");
  });

  it("embeds its initial content as data that cannot break out, without an inline script", async () => {
    const html = await (await open("/playground")).text();
    const scripts = [...html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)];
    const [start, ...others] = scripts.map(([, attributes = "", text = ""]) => ({
      attributes,
      text,
    }));
    expect(start?.attributes).toBe(' id="start" type="application/json"');
    expect(JSON.parse(start?.text ?? "")).toEqual(START);
    expect(start?.text).not.toContain("<");
    expect(others).toHaveLength(2);
    for (const { attributes, text } of others) {
      expect(attributes).toMatch(/^ src="\/playground\/\w+\.js" /);
      expect(text).toBe("");
    }
    expect(html).not.toMatch(/ on\w+=/);
    expect(html).not.toMatch(/https?:/);
  });

  it("is never cached, because it contains a token", async () => {
    for (const path of ["/playground", "/graphql"]) {
      const { headers } = await open(path);
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("vary")).toBe("accept");
    }
  });

  it("cannot be read by another origin, even if every origin may call the API", async () => {
    const app = await createApp({
      database: server.database,
      log: pino({ level: "silent" }),
      introspection: true,
      playground: () => START,
      corsOrigins: ["*"],
    });
    try {
      const headersOf = async (url: string, accept: string) => {
        const headers = { origin: "https://elsewhere.example", accept };
        return (await app.http.inject({ method: "GET", url, headers })).headers;
      };
      const api = await headersOf("/graphql?query=%7B__typename%7D", "application/json");
      expect(api).toHaveProperty("access-control-allow-origin", "*");
      for (const url of ["/playground", "/graphql"]) {
        const page = await headersOf(url, BROWSER);
        expect(page).not.toHaveProperty("access-control-allow-origin");
        expect(page).toHaveProperty("cross-origin-resource-policy", "same-origin");
      }
    } finally {
      await app.close();
    }
  });
});

describe("programs that GET /graphql", () => {
  const QUERY = "{ __typename }";
  const HASH = createHash("sha256").update(QUERY).digest("hex");

  it.each([
    "application/json",
    "application/graphql-response+json, application/json;q=0.9",
    "*/*",
    "text/html, application/json",
  ])("are answered by GraphQL when they accept %s", async (accept) => {
    const url = `${server.url}?query=${encodeURIComponent(QUERY)}`;
    const headers = { accept, "apollo-require-preflight": "true" };
    const response = await fetch(url, { headers });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none';/);
    expect(await response.json()).toMatchObject({ data: { __typename: "Query" } });
  });

  it("may name a persisted query by its hash", async () => {
    const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash: HASH } });
    const headers = { accept: "*/*", "apollo-require-preflight": "true" };
    const send = async (query: Record<string, string>): Promise<unknown> => {
      const search = new URLSearchParams({ extensions, ...query }).toString();
      return (await fetch(`${server.url}?${search}`, { headers })).json();
    };
    expect(await send({})).toMatchObject({
      errors: [{ extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } }],
    });
    expect(await send({ query: QUERY })).toMatchObject({ data: { __typename: "Query" } });
    expect(await send({})).toMatchObject({ data: { __typename: "Query" } });
  });
});

describe("a file of the playground", () => {
  it.each(ASSETS)(
    "%s is compressed if the client accepts it, and is not sent again while unchanged",
    async (name) => {
      const path = `/playground/${name}`;
      const response = await open(path);
      const content = Buffer.from(await response.arrayBuffer());
      expect(response.status).toBe(200);
      expect(response.headers.get("content-encoding")).toBe("gzip");
      expect(response.headers.get("content-type")).toMatch(/^(text\/(javascript|css)|image\/svg)/);
      expect(response.headers.get("content-security-policy")).toBe(POLICY);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("vary")).toBe("accept-encoding");
      expect(content.length).toBeGreaterThan(100);

      for (const encodings of [undefined, "identity", "br", "gzip;q=0, br"]) {
        const plain = await download(path, encodings ? { "accept-encoding": encodings } : {});
        expect(plain).toMatchObject({ status: 200, encoding: undefined });
        expect(plain.body.equals(content)).toBe(true);
      }
      const packed = await download(path, { "accept-encoding": "br, gzip;q=0.5" });
      expect(packed.encoding).toBe("gzip");

      const etag = response.headers.get("etag") ?? "";
      expect(etag).not.toBe("");
      const again = await download(path, { "if-none-match": `"another", ${etag}` });
      expect(again).toMatchObject({ status: 304, body: Buffer.alloc(0) });
      expect(await download(path, { "if-none-match": '"another"' })).toMatchObject({ status: 200 });
    },
  );

  it("with another name does not exist", async () => {
    for (const name of ["other.js", "..%2f..%2fpackage.json", "%2e%2e/%2e%2e/package.json"]) {
      expect((await open(`/playground/${name}`)).status).toBe(404);
    }
  });
});

describe("a server without a playground", () => {
  it("serves neither the page nor its files, and treats a browser at /graphql like other clients", async () => {
    const app = await createApp({
      database: server.database,
      log: pino({ level: "silent" }),
      introspection: true,
    });
    try {
      const statusOf = async (url: string): Promise<number> => {
        const headers = { accept: BROWSER };
        return (await app.http.inject({ method: "GET", url, headers })).statusCode;
      };
      expect(await statusOf("/playground")).toBe(404);
      for (const name of ASSETS) expect(await statusOf(`/playground/${name}`)).toBe(404);
      const graphql = await app.http.inject({ url: "/graphql", headers: { accept: BROWSER } });
      expect(graphql.statusCode).toBe(400);
      expect(graphql.headers["content-security-policy"]).toMatch(/^default-src 'none';/);
      expect(graphql.body).not.toContain("<html");
    } finally {
      await app.close();
    }
  });
});

describe("the tabs", () => {
  it.each([
    ["with the demo", "pct_secret"],
    ["without it", null],
  ])("%s are valid requests, each with an explanation in its first line", async (_when, token) => {
    const { body } = await server.app.http.inject({
      method: "POST",
      url: "/graphql",
      payload: { query: getIntrospectionQuery() },
    });
    const schema = buildClientSchema((JSON.parse(body) as { data: IntrospectionQuery }).data);
    const { tabs, headers } = playgroundStart(token);
    expect(JSON.parse(headers)).toEqual({ Authorization: `Token ${token ?? ""}` });
    for (const { query, variables } of tabs) {
      expect(query).toMatch(/^# \w/);
      expect(validate(schema, parse(query))).toEqual([]);
      expect(variables === "" ? {} : JSON.parse(variables)).toBeTypeOf("object");
    }
  });
});

describe("the demo", () => {
  it("has pockets with entries and holds, made once even if seeded repeatedly, also in an inactive group", async () => {
    const demo = new Demo(server.app);
    const rowsOf = async (statement: string): Promise<Record<string, unknown>[]> => {
      const { rows } = await server.database.pool.query<Record<string, unknown>>(statement);
      return rows;
    };
    const pockets = async () => [
      await rowsOf(
        "select * from pocket_ledger c join pockets p using (pocket_group_id, phone_number) order by c.id",
      ),
      await rowsOf("select * from pocket_holds order by token"),
    ];
    await demo.seed();
    const made = await pockets();
    expect(
      await rowsOf("select kind, count(*)::int from pocket_ledger group by kind order by kind"),
    ).toEqual([
      { kind: "CHARGE", count: 72 },
      { kind: "DEBIT", count: 72 },
      { kind: "HOLD", count: 5 },
      { kind: "HOLD_EXPIRY", count: 1 },
      { kind: "RELEASE", count: 1 },
      { kind: "REVERSAL", count: 4 },
    ]);
    expect(made[1]!.map(({ status }) => status)).toEqual([
      ...["CAPTURED", "RELEASED", "EXPIRED", "OPEN", "OPEN"],
    ]);
    await demo.seed();
    await server.app.services.pocketGroups.update("my-pocket-group", { isActive: false });
    await demo.seed();
    expect(await pockets()).toEqual(made);
    expect(await findingsIn(server.database)).toEqual([]);
  });

  it("adds no entry before a later entry of its pocket", async () => {
    const { pocketsAt, chargePockets } = server.app.services;
    const merchant = await server.createMerchant();
    const slug = await server.createGroup({}, merchant);
    const caller = { tokenId: "", merchantId: merchant.id, employeeId: null, scopes: [] };
    const charge = (): PocketChargeRequest => ({
      token: newId(),
      phoneNumber: "989120000000",
      amount: 100,
    });
    const at = (day: number) => instantOf(new Date(Date.UTC(2026, 0, day)));
    const first = charge();
    const past = (sent: PocketChargeRequest, day: number) =>
      pocketsAt(at(day)).chargePockets.charge(caller, slug, [sent]);
    expect(await past(first, 5)).toMatchObject([
      { charge: { createdAt: at(5), balanceAfter: 100 } },
    ]);
    expect(await past(first, 3)).toMatchObject([{ code: "DUPLICATE_TOKEN" }]);
    await expect(past(charge(), 4)).rejects.toThrow(LaterEntryError);
    expect(await past(charge(), 6)).toMatchObject([{ charge: { balanceAfter: 200 } }]);
    await chargePockets.charge(caller, slug, [charge()]);
    await expect(past(charge(), 7)).rejects.toThrow(LaterEntryError);
  });
});
