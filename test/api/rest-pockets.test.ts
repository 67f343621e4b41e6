import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MERCHANT_SCOPES } from "../../src/callers/api-scope.js";
import { PocketChargeErrorCode } from "../../src/pockets/pocket-charge.js";
import { newId } from "../../src/shared/uuid.js";
import { deadlocksIn, expectLedgerToBalance } from "../support/ledger.js";
import { balanceOf, charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import { type RestAnswer, RestClient } from "../support/rest.js";
import { type TestMerchant, TestServer } from "../support/server.js";
import { runs } from "../support/runs.js";

const MAX_AMOUNT = 2 ** 53 - 1;

let server: TestServer;
let rest: RestClient;
let merchant: TestMerchant;
let token: string;
let slug: string;

beforeAll(async () => {
  server = await TestServer.start({ poolSize: 20 });
  rest = await RestClient.of(server);
  merchant = await server.createMerchant();
  ({ token } = merchant);
  slug = await server.createGroup({}, merchant);
});

afterAll(async () => {
  await expectLedgerToBalance(server.database);
  expect(await deadlocksIn(server.database)).toBe(0);
  await server.stop();
});

interface Item {
  token: string;
  phone_number: string;
  amount: number;
  reference?: string | null;
  note?: string | null;
  metadata?: Record<string, string> | null;
}

/** A charge of 10,000 to a new number with a new token. The given fields override these. */
function item(given: Partial<Item> = {}): Item {
  return { token: newId(), phone_number: newPhoneNumber(), amount: 10_000, ...given };
}

function success(of: Item): object {
  return { ...of, status: "success", message: "Charge was successful.", code: null };
}

function trace(by: string | null, from: string, of: string): Promise<RestAnswer> {
  return rest.get(`/pockets/${from}/charge/${of}/`, by);
}

/** Expects an error in the format of these paths. @returns its message. */
function detailOf({ status, body }: RestAnswer, expected: number): string {
  const text = JSON.stringify(body);
  expect(status, text).toBe(expected);
  expect(Object.keys(body as object), text).toEqual(["detail"]);
  const { detail } = body as { detail: unknown };
  expect(detail).toMatch(/\S/);
  return String(detail);
}

async function chargesIn(group: string): Promise<number> {
  const { rows } = await server.database.pool.query<{ count: number }>(
    `select count(*)::int as count from pocket_ledger c
     join pocket_groups g on g.id = c.pocket_group_id where g.slug = $1`,
    [group],
  );
  return rows[0]!.count;
}

describe("POST /pockets/{slug}/charge/", () => {
  it("adds each amount to its pocket and returns the results in the order given", async () => {
    const items = [item(), item({ amount: 1 }), item({ amount: MAX_AMOUNT })];
    const { status, headers, body } = await rest.charge(slug, token, { charges: items });
    expect({ status, body }).toEqual({ status: 200, body: { results: items.map(success) } });
    expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
    for (const { phone_number, amount } of items) {
      expect(await balanceOf(server, token, slug, phone_number)).toBe(amount);
    }
  });

  it("returns exactly the keys of the source API, in its order, and a code", async () => {
    const { body } = await rest.charge(slug, token, { charges: [item(), item({ amount: 0 })] });
    expect(Object.keys(body)).toEqual(["results"]);
    for (const result of body.results) {
      const keys = ["token", "phone_number", "amount", "status", "message", "code"];
      expect(Object.keys(result)).toEqual(keys);
    }
  });

  it("returns the same response at every path of the source API, with and without the final slash", async () => {
    for (const base of ["/pockets", "/badje/v1/pockets"]) {
      for (const slash of ["/", ""]) {
        const one = item();
        const request = { token, body: { charges: [one] } };
        const answer = await rest.send("POST", `${base}/${slug}/charge${slash}`, request);
        expect(answer).toMatchObject({ status: 200, body: { results: [success(one)] } });
        const traced = await rest.get(`${base}/${slug}/charge/${one.token}${slash}`, token);
        expect(traced).toMatchObject({ status: 200, body: one });
      }
    }
  });

  it("returns a charge in its canonical form, and a refused one as it was sent", async () => {
    const [stored, sent] = [newId(), newId()];
    const good = { token: stored.toUpperCase(), phone_number: "+989127654321", amount: 5 };
    const refused = { token: sent.toUpperCase(), phone_number: "09127654321", amount: 0 };
    const { body } = await rest.charge(slug, token, { charges: [good, refused] });
    expect(body.results).toEqual([
      success({ token: stored, phone_number: "989127654321", amount: 5 }),
      { ...refused, status: "error", message: body.results[1]?.message, code: "INVALID_AMOUNT" },
    ]);
    expect(body.results[1]?.message).toMatch(/amount/i);
  });

  it("takes a number in each of its five forms for the same pocket", async () => {
    const stored = newPhoneNumber();
    const subscriber = stored.slice(2);
    const forms = ["98", "+98", "0098", "0", ""].map((prefix) => prefix + subscriber);
    const charges = forms.map((phone_number) => item({ phone_number, amount: 1 }));
    const { body } = await rest.charge(slug, token, { charges });
    expect(body.results.map(({ status, phone_number }) => [status, phone_number])).toEqual(
      forms.map(() => ["success", stored]),
    );
    expect(await balanceOf(server, token, slug, stored)).toBe(5);
  });

  it("returns the same result as GraphQL for every kind of item", async () => {
    const amountLimits = { minChargeAmount: 10, maxChargeAmount: 1_000, maxPocketBalance: 1_500 };
    const twiceADay = { kind: "CHARGE", measure: "COUNT", period: "DAY", limit: 2 } as const;
    const periodLimits = [twiceADay];
    const limits = { ...amountLimits, hasUniqueReferences: true, periodLimits };
    const taken = "order-1042";
    const [one, other] = [
      await server.createGroup(limits, merchant),
      await server.createGroup(limits, merchant),
    ];
    const [used, full, twice] = [newId(), newPhoneNumber(), item({ amount: 20 })];
    const frozen = await frozenIn(one, other);
    const busy = newPhoneNumber();
    const amounts = [9, 10, 1_000, 1_001, 0, -1, MAX_AMOUNT, -MAX_AMOUNT];
    const charges = [
      ...amounts.map((amount) => item({ amount })),
      ...["", "x", newId() + " ", "a8c99f2c-3f4a-4b56-896b-2b1e7b3f4e5a"].map((bad) =>
        item({ token: bad, amount: 10 }),
      ),
      ...["", "02112345678", "98912000000", "9891200000000", "٠٩١٢٣٤٥٦٧٨٩", " 9123456789"].map(
        (phone_number) => item({ phone_number, amount: 10 }),
      ),
      ...[item({ phone_number: full, amount: 1_000 }), item({ phone_number: full, amount: 501 })],
      ...[twice, twice, item({ token: twice.token, amount: 20 }), { ...twice, amount: 21 }],
      ...[item({ token: used, amount: 1 }), item({ token: used, amount: 30 })],
      ...["é".repeat(200), "x".repeat(201), taken, taken].map((reference) =>
        item({ amount: 10, reference }),
      ),
      ...["é".repeat(500), "x".repeat(501), null].map((note) => item({ amount: 10, note })),
      item({ phone_number: frozen, amount: 10 }),
      ...[1, 2, 3].map(() => item({ phone_number: busy, amount: 10 })),
    ];
    const { body } = await rest.charge(one, token, { charges });
    const asked = charges.map(({ phone_number: phoneNumber, ...rest }) => ({
      ...rest,
      phoneNumber,
    }));
    const results = await chargePockets(server, token, other, asked);
    expect(body.results).toEqual(
      results.map(({ token: of, phoneNumber, amount, status, message, code }) => ({
        token: of,
        phone_number: phoneNumber,
        amount,
        status: status.toLowerCase(),
        message,
        code,
      })),
    );
    const codes = new Set(body.results.map(({ code }) => code));
    expect(codes).toEqual(new Set([null, ...Object.keys(PocketChargeErrorCode)]));
    const { length } = body.results.filter(({ status }) => status === "success");
    expect(length).toBe(13);
  });

  /** A number whose pockets in these groups are frozen. */
  async function frozenIn(...groups: string[]): Promise<string> {
    const phone_number = newPhoneNumber();
    for (const group of groups) {
      await rest.charge(group, token, { charges: [item({ phone_number, amount: 10 })] });
    }
    await server.database.pool.query(
      "update pockets set freeze_scope = 'CREDITS' where phone_number = $1",
      [phone_number],
    );
    return phone_number;
  }

  it("keeps a reference, a note and metadata, and returns only the keys of the source API", async () => {
    const sent = item();
    const texts = { reference: "order-1042", note: "From the kiosk", metadata: { till: "3" } };
    const { body } = await rest.charge(slug, token, { charges: [{ ...sent, ...texts }] });
    expect(body.results).toEqual([success(sent)]);
    const { body: entry } = await rest.get(`/pockets/${slug}/entries/${sent.token}/`, token);
    expect(entry).toMatchObject({ kind: "charge", amount: sent.amount, ...texts });
    expect((await trace(token, slug, sent.token)).body).toEqual(sent);
  });

  it("refuses a token that any merchant used as a duplicate, and charges nothing", async () => {
    const one = item();
    await rest.charge(slug, token, { charges: [one] });
    const duplicate = {
      ...{ ...one, status: "error" },
      ...{ message: "Duplicate token.", code: "DUPLICATE_TOKEN" },
    };
    const again = await rest.charge(slug, token, { charges: [one, one] });
    expect(again.body.results).toEqual([duplicate, duplicate]);

    const other = await server.createMerchant();
    const group = await server.createGroup({}, merchant, other);
    await rest.charge(group, token, { charges: [one] });
    const foreign = await rest.charge(group, other.token, { charges: [one] });
    expect(foreign.body.results).toEqual([duplicate]);
    expect(await balanceOf(server, token, slug, one.phone_number)).toBe(one.amount);
    expect(await balanceOf(server, token, group, one.phone_number)).toBe(one.amount);
  });

  it("accepts 1,000 charges, and refuses a request with one more", async () => {
    const group = await server.createGroup({}, merchant);
    const phone_number = newPhoneNumber();
    const charges = Array.from({ length: 1_001 }, () => item({ phone_number, amount: 1 }));
    detailOf(await rest.charge(group, token, { charges }), 400);
    expect(await chargesIn(group)).toBe(0);

    const { status, body } = await rest.charge(group, token, { charges: charges.slice(1) });
    expect({ status, body }).toEqual({
      status: 200,
      body: { results: charges.slice(1).map(success) },
    });
    expect(await balanceOf(server, token, group, phone_number)).toBe(1_000);
  });

  it("requires only the scope POCKETS_CHARGE", async () => {
    const scoped = await server.createToken({
      merchantId: merchant.id,
      scopes: ["POCKETS_CHARGE"],
    });
    expect((await rest.charge(slug, scoped, { charges: [item()] })).status).toBe(200);
  });

  it("takes a token after Bearer, and JSON with a charset", async () => {
    const headers = {
      authorization: `Bearer ${token}`,
      "content-type": "application/json; charset=utf-8",
    };
    const answer = await rest.charge(slug, null, { charges: [item()] }, headers);
    expect(answer.status).toBe(200);
  });
});

describe("a charge request is refused with 400 and charges nothing", () => {
  const good = { token: "01988f7a-d22b-7c3d-977f-27af99c2a5a5", phone_number: "989120000000" };

  /** Each is sent with a valid charge, which must not be made either. */
  const wrongItems: [string, unknown][] = [
    ["that is null", null],
    ["that is a text", "charge"],
    ["that is a list", [item()]],
    ["with an unknown key", { ...item(), currency: "IRR" }],
    ["with a key in camel case", { ...good, phoneNumber: "989120000000", amount: 1 }],
    ["without a token", { phone_number: "989120000000", amount: 1 }],
    ["without a phone number", { token: good.token, amount: 1 }],
    ["without an amount", good],
    ["with the token null", { ...good, amount: 1, token: null }],
    ["with a number for a token", { ...good, amount: 1, token: 1 }],
    ["with the phone number null", { ...good, amount: 1, phone_number: null }],
    ["with a number for a phone number", { ...good, amount: 1, phone_number: 989120000000 }],
    ["with the amount null", { ...good, amount: null }],
    ["with a text for an amount", { ...good, amount: "10000" }],
    ["with true for an amount", { ...good, amount: true }],
    ["with half an amount", { ...good, amount: 1.5 }],
    ["with an amount of 2^53", { ...good, amount: 2 ** 53 }],
    ["with an amount of -2^53", { ...good, amount: -(2 ** 53) }],
  ];
  it.each(wrongItems)("for an item %s", async (what, wrong) => {
    const group = await server.createGroup({}, merchant);
    const answer = await rest.charge(group, token, { charges: [item(), wrong] });
    expect(detailOf(answer, 400), what).not.toMatch(/internal error/);
    expect(await chargesIn(group)).toBe(0);
  });

  const wrongBodies: [string, unknown][] = [
    ["that is empty", ""],
    ["that is no JSON", "{"],
    ["that is cut off", `{"charges": [{"token": "01988f7a-d22b-7c3d-977f-27af99c2a5a5"`],
    ["with an amount that is too large for a number", `{"charges":[{"amount":1e400}]}`],
    ["that is null", "null"],
    ["that is a text", `"charges"`],
    ["that is a list of charges", [item()]],
    ["without charges", {}],
    ["with charges of null", { charges: null }],
    ["with one charge for charges", { charges: item() }],
    ["with no charge in it", { charges: [] }],
    ["with a key next to the charges", { charges: [item()], pocket_group_slug: "x" }],
    ["with a prototype", `{"charges": [], "__proto__": {"charges": [1]}}`],
  ];
  it.each(wrongBodies)("for a body %s", async (_, body) => {
    const group = await server.createGroup({}, merchant);
    detailOf(await rest.charge(group, token, body), 400);
    expect(await chargesIn(group)).toBe(0);
  });

  it("and reports which item and key are wrong", async () => {
    const charges = [item(), { ...item(), amount: "1" }];
    const detail = detailOf(await rest.charge(slug, token, { charges }), 400);
    expect(detail).toMatch(/1/);
    expect(detail).toMatch(/amount/);
  });
});

describe("a random body", () => {
  it("is answered item by item or refused without an internal error", async () => {
    const group = await server.createGroup({}, merchant);
    const odd = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(1, newId(), "9123456789"));
    const items = fc.dictionary(fc.constantFrom("token", "phone_number", "amount", "extra"), odd);
    const good = fc.constant(null).map(() => item());
    const charges = fc.array(fc.oneof(good, items, odd), { maxLength: 4 });
    const bodies = fc.oneof(odd, charges, fc.record({ charges: fc.oneof(charges, odd) }));
    const property = fc.asyncProperty(bodies, async (body) => {
      const before = await chargesIn(group);
      const answer = await rest.charge(group, token, JSON.stringify(body));
      const made = (await chargesIn(group)) - before;
      if (answer.status !== 200) {
        detailOf(answer, 400);
        expect(made).toBe(0);
        return;
      }
      const { results } = answer.body;
      expect(results).toHaveLength((body as { charges: unknown[] }).charges.length);
      expect(made).toBe(results.filter(({ status }) => status === "success").length);
    });
    await fc.assert(property, { numRuns: runs(20) });
  });
});

describe("GET /pockets/{slug}/charge/{token}/", () => {
  it("returns a stored charge, with only the three keys of the source API", async () => {
    const sent = item({ token: newId().toUpperCase(), phone_number: "00989351234567", amount: 42 });
    await rest.charge(slug, token, { charges: [sent] });
    const stored = sent.token.toLowerCase();
    const { status, body } = await trace(token, slug, stored);
    expect({ status, body }).toEqual({
      status: 200,
      body: { token: stored, phone_number: "989351234567", amount: 42 },
    });
    expect(Object.keys(body as object)).toEqual(["token", "phone_number", "amount"]);
    expect((await trace(token, slug, sent.token)).body).toEqual(body);
  });

  it("finds what GraphQL charged, and GraphQL finds what REST charged", async () => {
    const [graphql, over] = [charge({ amount: 7 }), item({ amount: 8 })];
    await chargePockets(server, token, slug, [graphql]);
    expect((await trace(token, slug, graphql.token)).body).toEqual({
      token: graphql.token,
      phone_number: graphql.phoneNumber,
      amount: 7,
    });
    await rest.charge(slug, token, { charges: [over] });
    const query = `query ($slug: String!, $token: UUID!) {
      pocketCharge(pocketGroupSlug: $slug, token: $token) { token phoneNumber amount }
    }`;
    expect(await server.ask(token, query, { slug, token: over.token })).toEqual({
      pocketCharge: { token: over.token, phoneNumber: over.phone_number, amount: 8 },
    });
  });

  it("is 404 for an unused token, also if its charge was refused", async () => {
    const refused = item({ amount: 0 });
    await rest.charge(slug, token, { charges: [refused] });
    for (const unmade of [newId(), refused.token, "a8c99f2c-3f4a-4b56-896b-2b1e7b3f4e5a"]) {
      detailOf(await trace(token, slug, unmade), 404);
    }
  });

  it("is 404 for a token that is no UUID, and for an unknown group", async () => {
    for (const malformed of ["x", "0", "null", "%00", `${newId()}0`, "a".repeat(300)]) {
      detailOf(await trace(token, slug, malformed), 404);
    }
    const made = item();
    await rest.charge(slug, token, { charges: [made] });
    for (const unknown of [`no-${slug}`, "a".repeat(300), "%00", "%F0%9F%91%9B"]) {
      detailOf(await trace(token, unknown, made.token), 404);
    }
    const empty = await server.createGroup({}, merchant);
    detailOf(await trace(token, empty, made.token), 404);
  });

  it("is 404 for another merchant's charge, in a group that both may charge", async () => {
    const other = await server.createMerchant();
    const shared = await server.createGroup({}, merchant, other);
    const [own, foreign] = [item(), item()];
    await rest.charge(shared, token, { charges: [own] });
    await rest.charge(shared, other.token, { charges: [foreign] });
    const unmade = await trace(token, shared, newId());
    const hidden = await trace(token, shared, foreign.token);
    detailOf(hidden, 404);
    // The message must not reveal that the charge exists.
    const words = ({ body }: RestAnswer): string =>
      JSON.stringify(body).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "…");
    expect(words(hidden)).toBe(words(unmade));
    expect(await trace(other.token, shared, foreign.token)).toMatchObject({
      status: 200,
      body: foreign,
    });
    expect(await trace(token, shared, own.token)).toMatchObject({ status: 200, body: own });
  });

  it("needs POCKETS_READ, or OPERATOR, which reads every merchant's charges", async () => {
    const made = item();
    await rest.charge(slug, token, { charges: [made] });
    const reading = await server.createToken({ merchantId: merchant.id, scopes: ["POCKETS_READ"] });
    for (const by of [reading, server.operatorToken]) {
      expect(await trace(by, slug, made.token)).toMatchObject({ status: 200, body: made });
    }
  });

  it("still responds if the group is inactive", async () => {
    const group = await server.createGroup({}, merchant);
    const made = item();
    await rest.charge(group, token, { charges: [made] });
    await server.app.services.pocketGroups.update(group, { isActive: false });
    expect(await trace(token, group, made.token)).toMatchObject({ status: 200, body: made });
  });
});

describe("a caller of the pockets' paths", () => {
  async function expectBoth(by: string | null, from: string, status: number): Promise<Headers[]> {
    const [one, made] = [item(), item()];
    await server.app.services.pocketGroups.grant(slug, merchant.id);
    await rest.charge(slug, token, { charges: [made] });
    const answers = [
      await rest.charge(from, by, { charges: [one] }),
      await trace(by, from, made.token),
    ];
    for (const answer of answers) detailOf(answer, status);
    detailOf(await trace(token, slug, one.token), 404);
    return answers.map(({ headers }) => headers);
  }

  it("without a token that is good has 401 with the scheme to use", async () => {
    const [unknown, revoked] = [
      await server.createToken({ merchantId: merchant.id, name: "unknown here" }),
      await server.createToken({ merchantId: merchant.id, name: "revoked here" }),
    ];
    const { pool } = server.database;
    await pool.query("delete from api_tokens where name = 'unknown here'");
    await pool.query("update api_tokens set revoked_at = now() where name = 'revoked here'");
    for (const bad of [null, "", "x", `${token}x`, unknown, revoked]) {
      for (const headers of await expectBoth(bad, slug, 401)) {
        expect(headers.get("www-authenticate")).toBe("Token");
      }
    }
    // The response must not reveal whether the group exists.
    await expectBoth(null, `no-${slug}`, 401);
  });

  it("of an inactive merchant, or without a grant, gets 403", async () => {
    const other = await server.createMerchant();
    await expectBoth(other.token, slug, 403);
    await server.app.services.pocketGroups.grant(slug, other.id);
    await server.app.services.merchants.update(other.id, { isActive: false });
    await expectBoth(other.token, slug, 403);
  });

  it("gets 404 for an unknown group", async () => {
    await expectBoth(token, `no-${slug}`, 404);
  });

  it("gets 403 without the scope, and charges nothing as an operator", async () => {
    const without = (scope: string): Promise<string> =>
      server.createToken({
        merchantId: merchant.id,
        scopes: MERCHANT_SCOPES.filter((one) => one !== scope),
      });
    const group = await server.createGroup({}, merchant);
    for (const by of [await without("POCKETS_CHARGE"), server.operatorToken]) {
      detailOf(await rest.charge(group, by, { charges: [item()] }), 403);
    }
    expect(await chargesIn(group)).toBe(0);
    const made = item();
    await rest.charge(group, token, { charges: [made] });
    detailOf(await trace(await without("POCKETS_READ"), group, made.token), 403);
  });

  it("gets 403 for an inactive group", async () => {
    const group = await server.createGroup({}, merchant);
    await server.app.services.pocketGroups.update(group, { isActive: false });
    detailOf(await rest.charge(group, token, { charges: [item()] }), 403);
    expect(await chargesIn(group)).toBe(0);
  });
});

describe("the pockets' paths refuse, in the same form,", () => {
  it("a body that is too large with 413", async () => {
    const charges = [item({ phone_number: "9".repeat(1_000_000) })];
    detailOf(await rest.charge(slug, token, { charges }), 413);
  });

  it("content that is not JSON with 415", async () => {
    const body = JSON.stringify({ charges: [item()] });
    const group = await server.createGroup({}, merchant);
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/xml"]) {
      detailOf(await rest.charge(group, token, body, { "content-type": type }), 415);
    }
    expect(await chargesIn(group)).toBe(0);
  });

  it("an unsupported method with 405, with the supported ones", async () => {
    const charging = `/pockets/${slug}/charge/`;
    const cases = [
      ...["GET", "PUT", "PATCH", "DELETE"].map((method) => [method, charging, "POST"] as const),
      ...["POST", "PUT", "DELETE"].map((method) => [method, charging + newId(), "GET"] as const),
    ];
    for (const [method, path, allowed] of cases) {
      const answer = await rest.send(method, path, { token });
      detailOf(answer, 405);
      const allow = (answer.headers.get("allow") ?? "").split(",").map((one) => one.trim());
      expect(allow, `${method} ${path}`).toContain(allowed);
      expect(allow).not.toContain(method);
    }
  });
});

describe("the pocket paths during failures", () => {
  it("respond with 500 without details, which the log has under the request's id", async () => {
    const broken = await TestServer.start();
    try {
      const client = await RestClient.of(broken);
      const owner = await broken.createMerchant();
      const group = await broken.createGroup({}, owner);
      await broken.database.pool.query("drop table pocket_ledger cascade");
      for (const answer of [
        await client.charge(group, owner.token, { charges: [item()] }),
        await client.get(`/pockets/${group}/charge/${newId()}/`, owner.token),
      ]) {
        const detail = detailOf(answer, 500);
        expect(detail).not.toMatch(/pocket_|relation|select/);
        const requestId = answer.headers.get("x-request-id")!;
        expect(detail).toContain(requestId);
        const logged = broken.logged.filter((line) => line.includes(requestId)).join("\n");
        expect(logged).toMatch(/relation \\?"pocket_(ledger|charges)/);
      }
    } finally {
      await broken.stop();
    }
  });

  it("respond with 503 without a database", async () => {
    const broken = await TestServer.start();
    const client = await RestClient.of(broken);
    const owner = await broken.createMerchant();
    const group = await broken.createGroup({}, owner);
    await broken.database.pool.end();
    try {
      const answers = await Promise.all([
        client.charge(group, owner.token, { charges: [item()] }),
        client.get(`/pockets/${group}/charge/${newId()}/`, owner.token),
      ]);
      for (const answer of answers) detailOf(answer, 503);
    } finally {
      await broken.app.close();
    }
  });
});

describe("concurrent REST and GraphQL requests", () => {
  it("charge once with one token, and report the duplicate to all others", async () => {
    for (let round = 0; round < 10; round++) {
      const one = item();
      const asked = { token: one.token, phoneNumber: one.phone_number, amount: one.amount };
      const outcomes = await Promise.all(
        Array.from({ length: 16 }, async (_, index) => {
          if (index % 2 === 0) {
            return (await chargePockets(server, token, slug, [asked]))[0]!;
          }
          return (await rest.charge(slug, token, { charges: [one] })).body.results[0]!;
        }),
      );
      const texts = outcomes.map(({ status, message }) => `${status.toLowerCase()}: ${message}`);
      expect(texts.filter((text) => text === "success: Charge was successful.")).toHaveLength(1);
      expect(texts.filter((text) => text === "error: Duplicate token.")).toHaveLength(15);
      expect(await balanceOf(server, token, slug, one.phone_number)).toBe(one.amount);
    }
  });

  it("add up in one pocket", async () => {
    const phone_number = newPhoneNumber();
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        index % 2 === 0
          ? chargePockets(server, token, slug, [charge({ phoneNumber: phone_number, amount: 3 })])
          : rest.charge(slug, token, { charges: [item({ phone_number, amount: 4 })] }),
      ),
    );
    expect(await balanceOf(server, token, slug, phone_number)).toBe(15 * 3 + 15 * 4);
  });
});
