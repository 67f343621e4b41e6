import { getNamedType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unconnectedSchema } from "../../src/app/features.js";
import {
  type ExportAnswer,
  download,
  exportPath,
  readCsv,
  readNdjson,
  textOfCell,
} from "../support/exports.js";
import { accepted, createCharge, createCustomer, updateCharge } from "../support/payments.js";
import { charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import { type TestMerchant, TestServer } from "../support/server.js";
import { type Tenant, createTenant } from "../support/tenant.js";

/** The top-level lists of the schema, found without the code that exports them. */
const LISTS = Object.values(unconnectedSchema().getQueryType()!.getFields())
  .filter(({ type }) => getNamedType(type).name.endsWith("Connection"))
  .map(({ name }) => name);

let server: TestServer;
let tenant: Tenant;

beforeAll(async () => {
  server = await TestServer.start();
  tenant = await createTenant(server, "Tenant");
});

afterAll(() => server.stop());

function get(
  file: string,
  query: Record<string, unknown> = {},
  token: string | null = tenant.token,
  headers: Record<string, string> = {},
): Promise<ExportAnswer> {
  return download(server.url, token, exportPath(file, query), headers);
}

/** Expects a refusal. @returns its status, its code and its message. */
async function refusal(answer: Promise<ExportAnswer>): Promise<[number, string, string]> {
  const { status, text } = await answer;
  const { errors } = JSON.parse(text) as { errors: { code: string; detail: string }[] };
  return [status, errors[0]!.code, errors[0]!.detail];
}

const tokenFor = (list: string): string =>
  ["merchants", "auditEntries"].includes(list) ? server.operatorToken : tenant.token;

describe("an export", () => {
  it("exists for every top-level list of the schema, in both formats", async () => {
    expect(LISTS.length).toBeGreaterThan(15);
    for (const list of LISTS) {
      const query = `{ list: ${list} { totalCount } }`;
      const token = tokenFor(list);
      const { list: expected } = await server.ask<{ list: { totalCount: number } }>(token, query);
      const csv = readCsv((await get(`${list}.csv`, {}, token)).text);
      const ndjson = readNdjson((await get(`${list}.ndjson`, {}, token)).text);
      expect(expected.totalCount, list).toBeGreaterThan(0);
      expect([csv.end.count, csv.rows.length], list).toEqual([
        expected.totalCount,
        expected.totalCount,
      ]);
      expect(ndjson.end, list).toEqual(csv.end);
      expect(ndjson.rows.map(({ id }) => id)).toEqual(csv.rows.map(({ id }) => id));
    }
  });

  it("has the columns of the list, and never a secret", async () => {
    const columns: Record<string, string> = {};
    for (const list of LISTS) {
      const { text } = await get(`${list}.csv`, {}, tokenFor(list));
      columns[list] = text.split("\r\n", 1)[0]!;
    }
    expect(columns).toMatchSnapshot();
    expect(JSON.stringify(columns)).not.toMatch(/secret(?!ExpiresAt)|sealed|digest|hash/i);
  });

  it("has GraphQL's values in NDJSON", async () => {
    const fields =
      "id createdAt status amountInCents currency description metadata { key value } refundable succeededAt orderId";
    const query = `{ paymentCharges { nodes { ${fields} } } }`;
    const data = await server.ask<{ paymentCharges: { nodes: Record<string, unknown>[] } }>(
      tenant.token,
      query,
    );
    const { rows } = readNdjson((await get("paymentCharges.ndjson")).text);
    expect(rows).toHaveLength(1);
    const { metadata, ...plain } = data.paymentCharges.nodes[0]!;
    expect(rows[0]).toMatchObject({ ...plain, metadata: {}, merchantId: tenant.id });
    expect(metadata).toEqual([]);
  });

  it("shows the same ids as GraphQL for entries whose ids are derived", async () => {
    for (const list of ["payments", "pocketEntries", "events"]) {
      const query = `{ list: ${list}(first: 100) { nodes { id } } }`;
      const data = await server.ask<{ list: { nodes: { id: string }[] } }>(tenant.token, query);
      const { rows } = readCsv((await get(`${list}.csv`)).text);
      expect(rows.map(({ id }) => id)).toEqual(data.list.nodes.map(({ id }) => id));
    }
  });

  it("has amounts in minor units and as decimals of their currency", async () => {
    const merchant = await server.createMerchant();
    const written = [
      ["IRR", 12_345, "123.45"],
      ["JPY", 5, "5"],
      ["KWD", 1, "0.001"],
      ["USD", 2 ** 53 - 1, "90071992547409.91"],
    ] as const;
    for (const [currency, amountInCents] of written) {
      await accepted(createCharge(server, merchant.token, { currency, amountInCents }));
    }
    const sort = [{ field: "CURRENCY" }];
    const { text } = await get("paymentCharges.csv", { sort }, merchant.token);
    const { rows, end } = readCsv(text);
    expect(
      rows.map((row) => [row["currency"], row["amountInCents"], row["amountDecimal"]]),
    ).toEqual(written.map(([currency, amount, decimal]) => [currency, String(amount), decimal]));
    expect(end.sums["IRR"]?.["totalInCents"]).toBe("12345");
    expect(Object.keys(end.sums)).toEqual(["IRR", "JPY", "KWD", "USD"]);
  });

  it("sums exactly beyond the integers of JavaScript", async () => {
    const merchant = await server.createMerchant();
    const amountInCents = 2 ** 53 - 1;
    for (let count = 0; count < 3; count++) {
      await accepted(createCharge(server, merchant.token, { currency: "USD", amountInCents }));
    }
    const { end } = readNdjson((await get("paymentCharges.ndjson", {}, merchant.token)).text);
    expect(end.sums["USD"]?.["amountInCents"]).toBe(String(3n * (2n ** 53n - 1n)));
  });

  it("has the currency and the slug of the group for what is in pockets", async () => {
    const { rows, end } = readCsv((await get("pocketCharges.csv")).text);
    expect(rows[0]).toMatchObject({ currency: "IRR", pocketGroupSlug: tenant.slug });
    const row = rows[0] ?? {};
    expect(Number(row["amountDecimal"])).toBe(Number(row["amount"]) / 100);
    expect(Object.keys(end.sums)).toEqual(["IRR"]);
  });

  it("gives back every text, also one that a spreadsheet would run as a formula", async () => {
    const merchant = await server.createMerchant();
    const names = [
      ...["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''=1", "'quoted'", "a=1"],
      ...["＝1+1", "＋1", "－1", "＠SUM(A1)", "'＝1", "a＝1"],
      ...[
        'say "hi"',
        "a,b",
        "a;b",
        "line\nbreak",
        "a\r\nb",
        "  spaces  ",
        "علی",
        "😀",
        "{}",
        "#end",
      ],
    ];
    for (const name of names) {
      await accepted(createCustomer(server, merchant.token, { name, email: null }));
    }
    const sort = [{ field: "CREATED_AT" }];
    const { rows } = readCsv((await get("customers.csv", { sort }, merchant.token)).text);
    const query = "{ customers(first: 100, sort: [{ field: CREATED_AT }]) { nodes { name } } }";
    const data = await server.ask<{ customers: { nodes: { name: string }[] } }>(
      merchant.token,
      query,
    );
    const cells = rows.map(({ name }) => name!);
    expect(cells.map(textOfCell)).toEqual(data.customers.nodes.map(({ name }) => name));
    expect(cells.filter((cell) => /^[=+\-@＝＋－＠\t\r\n]/.test(cell))).toEqual([]);
    expect(cells).toContain("'=1+1");
    expect(cells).toContain("'＝1+1");
    expect(cells).toContain("'quoted'");
  });

  it("distinguishes an empty text from a missing one, and writes metadata as JSON", async () => {
    const merchant = await server.createMerchant();
    const metadata = [{ key: "k", value: 'a "quoted", value' }];
    const given = { amountInCents: 1, description: "", metadata };
    await accepted(createCharge(server, merchant.token, { ...given, providerId: null }));
    const { text } = await get("paymentCharges.csv", {}, merchant.token);
    expect(text).toContain(',"",,'); // description, then providerId
    const { rows } = readCsv(text);
    expect(JSON.parse(rows[0]!["metadata"]!)).toEqual({ k: 'a "quoted", value' });
  });

  it("is CSV as RFC 4180 defines it, with a byte order mark only on request", async () => {
    const plain = await get("pocketCharges.csv");
    expect(plain.headers["content-type"]).toBe("text/csv; charset=utf-8; header=present");
    expect(plain.headers["content-disposition"]).toBe('attachment; filename="pocketCharges.csv"');
    expect(plain.text.startsWith("id,")).toBe(true);
    expect(plain.text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    const marked = await get("pocketCharges.csv", { bom: "true" });
    expect(marked.text).toBe(`\ufeff${plain.text}`);
  });

  it("quotes cells that a spreadsheet with another separator would divide", async () => {
    const merchant = await server.createMerchant();
    for (const name of ["a;=1+1", "a\t=1+1"]) {
      await accepted(createCustomer(server, merchant.token, { name, email: null }));
    }
    const { text } = await get("customers.csv", {}, merchant.token);
    expect(text).toContain('"a;=1+1"');
    expect(text).toContain('"a\t=1+1"');
  });

  it("is an export of an empty list too", async () => {
    const { token } = await server.createMerchant();
    const csv = readCsv((await get("paymentCharges.csv", {}, token)).text);
    const ndjson = readNdjson((await get("pocketCharges.ndjson", {}, token)).text);
    const empty = { rows: [], end: { count: 0, sums: {}, cursor: null } };
    expect([csv, ndjson]).toEqual([empty, empty]);
  });
});

describe("the response of an export", () => {
  it("is compressed for clients that accept gzip", async () => {
    const plain = await get("pocketEntries.csv");
    const gzip = await get("pocketEntries.csv", {}, tenant.token, { "accept-encoding": "gzip" });
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(gzip.headers["content-encoding"]).toBe("gzip");
    expect(gzip.text).toBe(plain.text);
    expect([plain.headers.vary, gzip.headers.vary]).toEqual(["accept-encoding", "accept-encoding"]);
  });

  it.each(["identity", "gzip"])(
    "has the count and the sums as trailers for clients that accept them (%s)",
    async (encoding) => {
      const headers = { te: "trailers", "accept-encoding": encoding };
      const { trailers, text, isComplete } = await get(
        "pocketCharges.csv",
        {},
        tenant.token,
        headers,
      );
      const { end } = readCsv(text);
      expect(isComplete).toBe(true);
      expect(trailers["export-count"]).toBe(String(end.count));
      expect(JSON.parse(trailers["export-sums"]!)).toEqual(end.sums);
      const without = await get("pocketCharges.csv", {}, tenant.token, {
        "accept-encoding": encoding,
      });
      expect(without.trailers).toEqual({});
    },
  );

  it("has the number of rows in advance only if it was requested", async () => {
    const counted = await get("pocketCharges.csv", { count: "true" });
    expect(counted.headers["export-total"]).toBe(String(readCsv(counted.text).end.count));
    expect((await get("pocketCharges.csv")).headers["export-total"]).toBeUndefined();
  });

  it("has the security headers and the request's id, and may not be stored", async () => {
    const { headers } = await get("pocketCharges.csv");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers["cache-control"]).toBe("no-store");
  });
});

describe("the arguments of an export", () => {
  let merchant: TestMerchant;
  beforeAll(async () => {
    merchant = await server.createMerchant();
    for (const amountInCents of [1, 2, 3, 4, 5]) {
      const { id } = await accepted(
        createCharge(server, merchant.token, { currency: "EUR", amountInCents }),
      );
      if (amountInCents % 2 === 0)
        await accepted(updateCharge(server, merchant.token, id, { status: "SUCCEEDED" }));
    }
  });

  async function amounts(query: Record<string, unknown>): Promise<unknown[]> {
    const answer = await get("paymentCharges.ndjson", query, merchant.token);
    expect(answer.status, answer.text).toBe(200);
    return readNdjson(answer.text).rows.map((row) => row["amountInCents"]);
  }

  it("are GraphQL's filter and sort as JSON", async () => {
    const filter = { status: { eq: ["SUCCEEDED"] } };
    const sort = [{ field: "AMOUNT_IN_CENTS", direction: "DESC" }];
    expect(await amounts({ filter, sort })).toEqual([4, 2]);
    expect(await amounts({ sort: [{ field: "AMOUNT_IN_CENTS" }] })).toEqual([1, 2, 3, 4, 5]);
    expect(await amounts({})).toEqual([5, 4, 3, 2, 1]);
  });

  it("are also the REST list's filter and sort, for payment charges", async () => {
    const query = { "filter[status]": "succeeded", sort: "amount_in_cents" };
    expect(await amounts(query)).toEqual([2, 4]);
    expect(
      await amounts({ "filter[amount_in_cents][gte]": "4", sort: "-amount_in_cents" }),
    ).toEqual([5, 4]);
    expect(await refusal(get("customers.csv", { "filter[name]": "x" }))).toEqual([
      400,
      "BAD_USER_INPUT",
      "filter must be JSON. Only exports of paymentCharges accept filter[…].",
    ]);
  });

  it.each([
    [{ filter: "{" }, /^filter is not valid JSON/],
    [{ filter: { nope: 1 } }, /^filter: The type PaymentChargeFilter has no field nope/],
    [{ filter: { status: { eq: ["x"] } } }, /^filter\.status\.eq\[0\]: The enum .* has no value x/],
    [{ filter: { amountInCents: { gt: 1.5 } } }, /^filter\.amountInCents\.gt/],
    [{ filter: { amountInCents: { gt: null } } }, /^filter\.amountInCents\.gt cannot be null/],
    [{ filter: '{"description":{"eq":["\\ud800"]}}' }, /half of a surrogate pair/],
    [{ filter: { providerSecret: { prefix: ["a"] } } }, /providerSecret/],
    [{ sort: [{ field: "NOPE" }] }, /^sort\[0\]\.field: The enum PaymentChargeSortField/],
    [{ sort: "provider_secret" }, /^sort cannot be by provider_secret/],
    [{ sort: "nope" }, /unknown name "nope"/],
    [{ "filter[nope]": "1" }, /^filter\[nope\] is unknown/],
    [{ "filter[status]": "nope" }, /^filter\[status\]/],
    [{ after: "nope" }, /^after is not a valid cursor/],
    [{ bom: "yes" }, /^bom must be one of true, false/],
    [{ cursorEvery: "0" }, /^cursorEvery must be a whole number from 1/],
    [{ nope: "1" }, /^nope is unknown/],
  ])("are refused with the parameter when they are wrong: %j", async (query, message) => {
    const [status, code, detail] = await refusal(get("paymentCharges.csv", query, merchant.token));
    expect([status, code]).toEqual([400, "BAD_USER_INPUT"]);
    expect(detail).toMatch(message);
  });

  it("are refused with 405 for other methods than GET", async () => {
    for (const method of ["HEAD", "POST", "DELETE"]) {
      const answer = await fetch(new URL("/export/pockets.csv", server.url), { method });
      expect([answer.status, answer.headers.get("allow")], method).toEqual([405, "GET"]);
    }
  });

  it("are refused with the lists that exist for an unknown list", async () => {
    const [status, code, detail] = await refusal(get("nope.csv"));
    expect([status, code]).toEqual([404, "NOT_FOUND"]);
    for (const list of LISTS) expect(detail).toContain(list);
  });

  it("continue an export after any of its cursors, in pages as GraphQL's cursors do", async () => {
    const sort = [{ field: "STATUS" }, { field: "AMOUNT_IN_CENTS", direction: "DESC" }];
    const query = { sort, cursorEvery: "1" };
    const whole = readNdjson((await get("paymentCharges.ndjson", query, merchant.token)).text);
    expect(whole.rows).toHaveLength(5);
    for (const [index, { cursor }] of whole.rows.entries()) {
      const rest = await get("paymentCharges.ndjson", { ...query, after: cursor }, merchant.token);
      expect(readNdjson(rest.text).rows).toEqual(whole.rows.slice(index + 1));
      const page = `query ($after: String, $sort: [PaymentChargeSort!]) {
        paymentCharges(after: $after, sort: $sort) { edges { cursor node { id } } } }`;
      const variables = { after: cursor, sort };
      interface Page {
        paymentCharges: { edges: { cursor: string; node: { id: string } }[] };
      }
      const data = await server.ask<Page>(merchant.token, page, variables);
      expect(data.paymentCharges.edges.map(({ node, cursor: at }) => [node.id, at])).toEqual(
        whole.rows.slice(index + 1).map((row) => [row["id"], row["cursor"]]),
      );
    }
    expect(whole.end.cursor).toBe(whole.rows.at(-1)!["cursor"]);
    const after = { ...query, after: whole.end.cursor };
    const { end } = readNdjson((await get("paymentCharges.ndjson", after, merchant.token)).text);
    expect(end).toEqual({ count: 0, sums: {}, cursor: whole.end.cursor });
  });

  it("show every n-th cursor in the last column of CSV", async () => {
    const { text } = await get("paymentCharges.csv", { cursorEvery: "2" }, merchant.token);
    expect(readCsv(text).rows.map(({ cursor }) => cursor !== "")).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
    const plain = await get("paymentCharges.csv", {}, merchant.token);
    expect(Object.keys(readCsv(plain.text).rows[0]!)).not.toContain("cursor");
  });
});

describe("the rows of an export", () => {
  it("are in the order of the list over all groups of a merchant, without gaps or repetitions", async () => {
    const merchant = await server.createMerchant();
    const slugs = [await server.createGroup({}, merchant), await server.createGroup({}, merchant)];
    for (let round = 0; round < 4; round++) {
      for (const slug of slugs) {
        const charges = Array.from({ length: 400 }, () =>
          charge({ phoneNumber: newPhoneNumber() }),
        );
        await chargePockets(server, merchant.token, slug, charges);
      }
    }
    const { rows } = readNdjson((await get("pocketCharges.ndjson", {}, merchant.token)).text);
    expect(rows).toHaveLength(3_200);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(3_200);
    const keys = rows.map(({ createdAt, id }) => `${String(createdAt)} ${String(id)}`);
    expect(keys).toEqual(keys.toSorted().reverse());
    const cursorEvery = "700";
    const query = { cursorEvery, sort: [{ field: "AMOUNT" }] };
    const sorted = readNdjson((await get("pocketCharges.ndjson", query, merchant.token)).text);
    const after = sorted.rows[2_099]!["cursor"];
    const next = await get("pocketCharges.ndjson", { ...query, after }, merchant.token);
    expect(readNdjson(next.text).rows.map(({ id }) => id)).toEqual(
      sorted.rows.slice(2_100).map(({ id }) => id),
    );
  });

  it("are those of all merchants for an operator, as in the list", async () => {
    const { rows } = readNdjson((await get("pocketCharges.ndjson", {}, server.operatorToken)).text);
    expect(new Set(rows.map(({ merchantId }) => merchantId)).size).toBeGreaterThan(1);
    expect(await refusal(get("paymentCharges.csv", {}, server.operatorToken))).toEqual([
      403,
      "FORBIDDEN",
      expect.stringContaining("PAYMENTS_READ"),
    ]);
  });
});
