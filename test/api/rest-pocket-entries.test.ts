import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MERCHANT_SCOPES } from "../../src/callers/api-scope.js";
import { newId } from "../../src/shared/uuid.js";
import { deadlocksIn, expectLedgerToBalance } from "../support/ledger.js";
import { balanceOf, charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import { type RestAnswer, RestClient } from "../support/rest.js";
import { type TestMerchant, TestServer } from "../support/server.js";

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

type Result = Record<string, string | number | null>;
type Answered = RestAnswer<{ results: Result[] }>;

interface Debit {
  token: string;
  phone_number: string;
  amount: number;
}

/** Charges a new pocket. @returns its phone number and the token of the charge. */
async function charged(amount = 10_000): Promise<{ phone_number: string; of_token: string }> {
  const sent = charge({ phoneNumber: newPhoneNumber(), amount });
  const [result] = await chargePockets(server, token, slug, [sent]);
  expect(result?.status).toBe("SUCCESS");
  return { phone_number: sent.phoneNumber, of_token: sent.token };
}

function debit(
  debits: unknown,
  by: string | null = token,
  from = slug,
): Promise<RestAnswer<{ results: Result[] }>> {
  return rest.send("POST", `/pockets/${from}/debit/`, { token: by, body: { debits } });
}

function reverse(reversals: unknown, by: string | null = token, from = slug): Promise<Answered> {
  return rest.send("POST", `/pockets/${from}/reverse/`, { token: by, body: { reversals } });
}

function trace(of: string, by: string | null = token, from = slug): Promise<RestAnswer<Result>> {
  return rest.get(`/pockets/${from}/entries/${of}/`, by);
}

/** Expects an error in the format of these paths. @returns its message. */
function detailOf({ status, body }: RestAnswer, expected: number): string {
  const text = JSON.stringify(body);
  expect(status, text).toBe(expected);
  expect(Object.keys(body as object), text).toEqual(["detail"]);
  return (body as { detail: string }).detail;
}

function balance(phoneNumber: string): Promise<number | null> {
  return balanceOf(server, token, slug, phoneNumber);
}

describe("POST /pockets/{slug}/debit/", () => {
  it("takes each amount out of its pocket and returns the results in the order given", async () => {
    const pockets = [await charged(), await charged(MAX_AMOUNT), await charged(1)];
    const debits = pockets.map(({ phone_number }, index): Debit => {
      return { token: newId(), phone_number, amount: [4_000, MAX_AMOUNT, 1][index]! };
    });
    const { status, body } = await debit(debits);
    const done = { status: "success", message: "Debit was successful.", code: null };
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        results: debits.map((one, index) => ({
          ...one,
          ...done,
          available: [6_000, 0, 0][index],
          ...{ remaining: null, resets_at: null, was_made_before: false },
        })),
      },
    });
    expect(Object.keys(body.results[0]!)).toEqual(
      "token phone_number amount status message code available remaining resets_at was_made_before".split(
        " ",
      ),
    );
    for (const [index, { phone_number }] of pockets.entries()) {
      expect(await balance(phone_number)).toBe([6_000, 0, 0][index]);
    }
  });

  it("returns a debit in its canonical form, and a refused one as it was sent", async () => {
    const { phone_number } = await charged(5);
    const [made, refused] = [newId(), newId().toUpperCase()];
    const number = `+${phone_number}`;
    const { body } = await debit([
      { token: made.toUpperCase(), phone_number: number, amount: 2 },
      { token: refused, phone_number: number, amount: 4 },
    ]);
    expect(body.results).toMatchObject([
      { token: made, phone_number, amount: 2, status: "success", available: 3 },
      {
        ...{ token: refused, phone_number: number, amount: 4, status: "error" },
        ...{ code: "INSUFFICIENT_FUNDS", available: 3 },
        message: "The pocket has too little: 3 is available.",
      },
    ]);
  });

  it("distinguishes a repeated debit of the merchant from one of another merchant", async () => {
    const { phone_number } = await charged(10);
    const one = { token: newId(), phone_number, amount: 4 };
    await debit([one]);
    const { body } = await debit([one]);
    expect(body.results).toMatchObject([{ code: "DUPLICATE_TOKEN", was_made_before: true }]);
    const other = await server.createMerchant();
    await server.app.services.pocketGroups.grant(slug, other.id);
    const otherwise = await debit([one], other.token);
    expect(otherwise.body.results).toMatchObject([
      { code: "DUPLICATE_TOKEN", was_made_before: false },
    ]);
  });

  it("returns what a limit over time leaves, and when it gives something back", async () => {
    const limit = { kind: "DEBIT", measure: "SUM", period: "MONTH", limit: 5 } as const;
    const limited = await server.createGroup({ periodLimits: [limit] }, merchant);
    const phone_number = newPhoneNumber();
    await chargePockets(server, token, limited, [
      charge({ phoneNumber: phone_number, amount: 10 }),
    ]);
    const items = [3, 3].map((amount) => ({ token: newId(), phone_number, amount }));
    const { body } = await debit(items, token, limited);
    expect(body.results).toMatchObject([
      { status: "success", remaining: null, resets_at: null },
      {
        code: "ABOVE_PERIOD_LIMIT",
        remaining: 2,
        resets_at: expect.stringMatching(/^\d{4}-\d\d-01T00:00:00\.000000\+00:00$/) as string,
      },
    ]);
  });

  it("refuses each item in its own result, and never takes more than is available", async () => {
    const { phone_number } = await charged(10);
    const [used, twice] = [newId(), newId()];
    const items: [Debit, string | null][] = [
      [{ token: used, phone_number, amount: 6 }, null],
      [{ token: used, phone_number, amount: 6 }, "DUPLICATE_TOKEN"],
      [{ token: used, phone_number, amount: 5 }, "TOKEN_CONFLICT"],
      [{ token: "x", phone_number, amount: 1 }, "INVALID_TOKEN"],
      [{ token: newId(), phone_number: "12", amount: 1 }, "INVALID_PHONE_NUMBER"],
      [{ token: newId(), phone_number, amount: 0 }, "INVALID_AMOUNT"],
      [{ token: newId(), phone_number, amount: -1 }, "INVALID_AMOUNT"],
      [{ token: newId(), phone_number: newPhoneNumber(), amount: 1 }, "POCKET_NOT_FOUND"],
      [{ token: twice, phone_number, amount: 5 }, "INSUFFICIENT_FUNDS"],
      [{ token: twice, phone_number, amount: 4 }, null],
    ];
    const { body } = await debit(items.map(([item]) => item));
    expect(body.results.map(({ code }) => code)).toEqual(items.map(([, code]) => code));
    expect(await balance(phone_number)).toBe(0);
  });

  it("keeps a reference, a note and metadata with the entry, and refuses long ones", async () => {
    const { phone_number } = await charged();
    const metadata = { table: "7", "a/b~": "é" };
    const texts = { reference: "order-1042", note: "Two coffees", metadata };
    const kept = { token: newId(), phone_number, amount: 1, ...texts };
    const long = { token: newId(), phone_number, amount: 1, reference: "x".repeat(201) };
    const without = { token: newId(), phone_number, amount: 1, reference: null, metadata: null };
    const many = Object.fromEntries(Array.from({ length: 21 }, (_, key) => [String(key), "x"]));
    const crowded = { token: newId(), phone_number, amount: 1, metadata: many };
    const { body } = await debit([kept, long, without, crowded]);
    const codes = [null, "INVALID_TEXT", null, "INVALID_TEXT"];
    expect(body.results.map(({ code }) => code)).toEqual(codes);
    expect(body.results[1]!["message"]).toMatch(/reference .*200/);
    expect((await trace(kept.token)).body).toMatchObject({ amount: -1, ...texts });
    expect((await trace(without.token)).body).toMatchObject({
      ...{ reference: null, note: null, metadata: {} },
    });
  });
});

describe("POST /pockets/{slug}/reverse/", () => {
  it("takes a charge back, in parts and then what is left", async () => {
    const { phone_number, of_token } = await charged(100);
    const [part, rest_] = [newId(), newId()];
    const { status, body } = await reverse([
      { token: part, of_token, amount: 30, reason: "Charged too much" },
      { token: newId(), of_token, amount: 71 },
      { token: rest_.toUpperCase(), of_token: of_token.toUpperCase() },
      { token: newId(), of_token },
    ]);
    const never = { resets_at: null, was_made_before: false };
    const done = { status: "success", message: "Reversal was successful.", code: null, ...never };
    const refused = { status: "error", available: null, ...never };
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        results: [
          { token: part, of_token, amount: 30, ...done, available: 70, remaining: null },
          {
            ...{ token: body.results[1]!["token"], of_token, amount: 71, ...refused },
            ...{ code: "ABOVE_REVERSIBLE_AMOUNT", remaining: 70 },
            message: "The amount is above what is left to reverse, 70.",
          },
          { token: rest_, of_token, amount: 70, ...done, available: 0, remaining: null },
          {
            ...{ token: body.results[3]!["token"], of_token, amount: null, ...refused },
            ...{ code: "ALREADY_REVERSED", remaining: 0 },
            message: "The entry was reversed before, and nothing is left of it.",
          },
        ],
      },
    });
    expect(await balance(phone_number)).toBe(0);
    expect((await trace(part)).body).toMatchObject({
      ...{ kind: "reversal", amount: -30, balance_after: 70, reversed_amount: 0 },
      ...{ of_token, note: "Charged too much", reference: null },
    });
    expect((await trace(of_token)).body).toMatchObject({
      ...{ kind: "charge", amount: 100, reversed_amount: 100, of_token: null },
    });
  });

  it("gives a debit back", async () => {
    const { phone_number } = await charged(100);
    const made = newId();
    await debit([{ token: made, phone_number, amount: 40 }]);
    const { body } = await reverse([{ token: newId(), of_token: made }]);
    expect(body.results).toMatchObject([{ amount: 40, status: "success", available: 100 }]);
    expect(await balance(phone_number)).toBe(100);
  });

  it("refuses to take back what was spent, with what is available and left", async () => {
    const { phone_number, of_token } = await charged(100);
    await debit([{ token: newId(), phone_number, amount: 40 }]);
    const { body } = await reverse([{ token: newId(), of_token }]);
    expect(body.results).toMatchObject([
      { code: "INSUFFICIENT_FUNDS", amount: null, available: 60, remaining: 100 },
    ]);
    expect(await balance(phone_number)).toBe(60);
  });

  it("names the members of these paths in its messages", async () => {
    const { body } = await reverse([{ token: newId(), of_token: newId() }]);
    expect(body.results).toMatchObject([{ code: "ENTRY_NOT_FOUND" }]);
    expect(body.results[0]!["message"]).toContain("of_token");
  });

  it("finds no entry of another merchant, and returns the values as sent", async () => {
    const other = await server.createMerchant();
    await server.app.services.pocketGroups.grant(slug, other.id);
    const { of_token } = await charged();
    for (const sent of [of_token, "x", "y".repeat(300)]) {
      const { body } = await reverse([{ token: newId(), of_token: sent }], other.token);
      expect(body.results).toMatchObject([{ code: "ENTRY_NOT_FOUND", remaining: null }]);
      const repeated = String(body.results[0]!["of_token"]);
      expect(repeated.slice(0, 50)).toBe(sent.slice(0, 50));
      expect(repeated.length).toBeLessThanOrEqual(100);
    }
  });
});

describe("GET /pockets/{slug}/entries/{token}/", () => {
  it("returns an entry of each kind with exactly these keys", async () => {
    const { phone_number, of_token } = await charged(100);
    const [spent, back] = [newId(), newId()];
    await debit([{ token: spent, phone_number, amount: 40 }]);
    await reverse([{ token: back, of_token: spent, amount: 15 }]);
    const texts = { reference: null, note: null, metadata: {} };
    const entries = [
      { token: of_token, kind: "charge", amount: 100, balance_after: 100, reversed_amount: 0 },
      { token: spent, kind: "debit", amount: -40, balance_after: 60, reversed_amount: 15 },
      { token: back, kind: "reversal", amount: 15, balance_after: 75, reversed_amount: 0 },
    ];
    for (const entry of entries) {
      const { status, body } = await trace(entry.token.toUpperCase());
      const created_at: unknown = expect.stringMatching(/^\d{4}-.*T.*\.\d{6}\+00:00$/);
      expect({ status, body }).toEqual({
        status: 200,
        body: {
          ...{ ...entry, phone_number, ...texts, created_at },
          of_token: entry.kind === "reversal" ? spent : null,
        },
      });
    }
  });

  it("is 404 for a token that no entry has, also if a hold has it", async () => {
    const { phone_number: phoneNumber } = await charged();
    const hold = newId();
    const document = `mutation ($input: HoldPocketsInput!) {
      holdPockets(input: $input) { results { status } }
    }`;
    const holds = [{ token: hold, phoneNumber, amount: 1 }];
    await server.ask(token, document, { input: { pocketGroupSlug: slug, holds } });
    for (const unused of [newId(), hold, "x", "a".repeat(300), "%00"]) {
      detailOf(await trace(unused), 404);
    }
    detailOf(await trace(hold, token, `no-${slug}`), 404);
  });

  it("is 404 for another merchant's entry, which an operator finds", async () => {
    const other = await server.createMerchant();
    await server.app.services.pocketGroups.grant(slug, other.id);
    const { of_token } = await charged();
    detailOf(await trace(of_token, other.token), 404);
    expect((await trace(of_token, server.operatorToken)).body).toMatchObject({ token: of_token });
  });
});

describe("the paths that spend", () => {
  it("return the same response at every path of the source API, with and without the final slash", async () => {
    for (const base of ["/pockets", "/badje/v1/pockets"]) {
      for (const slash of ["/", ""]) {
        const { phone_number, of_token } = await charged(10);
        const path = (last: string): string => `${base}/${slug}/${last}${slash}`;
        const debits = [{ token: newId(), phone_number, amount: 1 }];
        const reversals = [{ token: newId(), of_token, amount: 1 }];
        const answers = [
          await rest.send("POST", path("debit"), { token, body: { debits } }),
          await rest.send("POST", path("reverse"), { token, body: { reversals } }),
          await rest.get(path(`entries/${of_token}`), token),
        ];
        expect(answers).toMatchObject([
          { status: 200, body: { results: [{ status: "success", available: 9 }] } },
          { status: 200, body: { results: [{ status: "success", available: 8 }] } },
          { status: 200, body: { reversed_amount: 1 } },
        ]);
      }
    }
  });

  it("need their own scope, and change nothing without it", async () => {
    const { phone_number, of_token } = await charged(10);
    const tokenWith = (scopes: readonly (typeof MERCHANT_SCOPES)[number][]): Promise<string> =>
      server.createToken({ merchantId: merchant.id, scopes: [...scopes] });
    const requests = {
      POCKETS_DEBIT: (by: string | null) =>
        debit([{ token: newId(), phone_number, amount: 1 }], by),
      POCKETS_REVERSE: (by: string | null) =>
        reverse([{ token: newId(), of_token, amount: 1 }], by),
      POCKETS_READ: (by: string | null) => trace(of_token, by),
    } as const;
    for (const [scope, send] of Object.entries(requests)) {
      const others = MERCHANT_SCOPES.filter((one) => one !== scope);
      detailOf(await send(await tokenWith(others)), 403);
      detailOf(await send(null), 401);
      if (scope !== "POCKETS_READ") detailOf(await send(server.operatorToken), 403);
    }
    expect(await balance(phone_number)).toBe(10);
    for (const [scope, send] of Object.entries(requests)) {
      const only = await tokenWith(MERCHANT_SCOPES.filter((one) => one === scope));
      expect((await send(only)).status, scope).toBe(200);
    }
    expect(await balance(phone_number)).toBe(8);
  });

  it("refuse malformed bodies with 400 and change nothing", async () => {
    const { phone_number, of_token } = await charged(10);
    const [good, back] = [
      { token: newId(), phone_number, amount: 1 },
      { token: newId(), of_token, amount: 1 },
    ];
    const many = Array.from({ length: 1_001 }, () => good);
    const debits: unknown[] = [
      ...[[], many, null, good, [null], [{ ...good, extra: 1 }], [{ ...good, amount: "1" }]],
      ...[
        [{ ...good, amount: 1.5 }],
        [{ ...good, metadata: { a: 1 } }],
        [{ ...good, amount: null }],
        [{ ...good, token: null }],
      ],
      [good, { token: newId(), amount: 1 }],
    ];
    for (const one of debits) detailOf(await debit(one), 400);
    const reversals: unknown[] = [
      ...[[], null, [{ ...back, of_token: null }], [{ ...back, amount: 2 ** 53 }]],
      ...[[{ ...back, reason: 1 }], [{ token: newId() }], [{ ...back, phone_number }]],
    ];
    for (const one of reversals) detailOf(await reverse(one), 400);
    expect(await balance(phone_number)).toBe(10);
  });

  it("refuse an inactive group with 403, and unsupported methods with 405", async () => {
    const group = await server.createGroup({}, merchant);
    await server.app.services.pocketGroups.update(group, { isActive: false });
    const item = { token: newId(), phone_number: newPhoneNumber(), amount: 1 };
    detailOf(await debit([item], token, group), 403);
    detailOf(await reverse([{ token: newId(), of_token: newId() }], token, group), 403);
    for (const [method, path, allowed] of [
      ["GET", `/pockets/${slug}/debit/`, "POST"],
      ["PUT", `/pockets/${slug}/reverse/`, "POST"],
      ["POST", `/pockets/${slug}/entries/${newId()}/`, "GET, HEAD"],
    ] as const) {
      const answer = await rest.send(method, path, { token });
      detailOf(answer, 405);
      expect(answer.headers.get("allow")).toBe(allowed);
    }
  });
});

it("debits of the last amount by REST and GraphQL at once make one", async () => {
  const document = `mutation ($input: DebitPocketsInput!) {
    debitPockets(input: $input) { results { status } }
  }`;
  for (let round = 0; round < 5; round++) {
    const { phone_number: phoneNumber } = await charged(7);
    const statuses = await Promise.all(
      Array.from({ length: 16 }, async (_, index) => {
        const one = { token: newId(), amount: 7 };
        if (index % 2 === 0) {
          return (await debit([{ ...one, phone_number: phoneNumber }])).body.results[0]!["status"];
        }
        const input = { pocketGroupSlug: slug, debits: [{ ...one, phoneNumber }] };
        const data = await server.ask<{ debitPockets: { results: { status: string }[] } }>(
          token,
          document,
          { input },
        );
        return data.debitPockets.results[0]!.status.toLowerCase();
      }),
    );
    expect(statuses.filter((status) => status === "success")).toHaveLength(1);
    expect(await balance(phoneNumber)).toBe(0);
  }
});
