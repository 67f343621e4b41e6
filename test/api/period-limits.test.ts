import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import { charge, newPhoneNumber } from "../support/pockets.js";
import { type TestMerchant, TestServer } from "../support/server.js";

interface Limit {
  kind: "CHARGE" | "DEBIT";
  measure: "SUM" | "COUNT";
  period: "DAY" | "MONTH" | "ROLLING_HOURS";
  hours?: number | null;
  limit: number;
}

interface Result {
  status: string;
  code: string | null;
  message: string;
  remaining: number | null;
  resetsAt: string | null;
}

let server: TestServer;
let merchant: TestMerchant;

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant();
});

afterAll(() => server.stop());

const newGroup = (periodLimits: Limit[], timeZone = "UTC"): Promise<string> =>
  server.createGroup({ periodLimits, timeZone }, merchant);

/** Sends items of one kind. @returns one result for each. */
async function send(
  operation: "chargePockets" | "debitPockets" | "holdPockets" | "captureHolds" | "releaseHolds",
  pocketGroupSlug: string,
  items: readonly unknown[],
): Promise<Result[]> {
  const type = `${operation.charAt(0).toUpperCase()}${operation.slice(1)}Input`;
  const argument = {
    chargePockets: "charges",
    debitPockets: "debits",
    holdPockets: "holds",
    captureHolds: "captures",
    releaseHolds: "holdTokens",
  }[operation];
  const { payload } = await server.ask<{ payload: { results: Result[] } }>(
    merchant.token,
    `mutation ($input: ${type}!) {
      payload: ${operation}(input: $input) { results { status code message remaining resetsAt } }
    }`,
    { input: { pocketGroupSlug, [argument]: items } },
  );
  return payload.results;
}

function codesOf(results: readonly Result[]): string[] {
  return results.map(({ code, status }) => code ?? status);
}

describe("a limit over time", () => {
  it("refuses what exceeds the sum of a day, with what is left and the end of the day", async () => {
    const slug = await newGroup([{ kind: "CHARGE", measure: "SUM", period: "DAY", limit: 100 }]);
    const phoneNumber = newPhoneNumber();
    const of = (amount: number) => charge({ phoneNumber, amount });
    const results = await send("chargePockets", slug, [of(60), of(41), of(40), of(1)]);
    expect(codesOf(results)).toEqual([
      "SUCCESS",
      "ABOVE_PERIOD_LIMIT",
      "SUCCESS",
      "ABOVE_PERIOD_LIMIT",
    ]);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const resetsAt = `${tomorrow}T00:00:00.000000Z`;
    expect(results[1]).toMatchObject({
      remaining: 40,
      resetsAt,
      message: `The group's limits over time leave 40 until ${resetsAt}.`,
    });
    expect(results[3]).toMatchObject({ remaining: 0, resetsAt });
    const elsewhere = await send("chargePockets", slug, [
      charge({ phoneNumber: newPhoneNumber(), amount: 100 }),
    ]);
    expect(codesOf(elsewhere)).toEqual(["SUCCESS"]);
  });

  it("counts items, and returns the end of the group's month in its time zone", async () => {
    const month: Limit = { kind: "CHARGE", measure: "COUNT", period: "MONTH", limit: 2 };
    const slug = await newGroup([month], "Asia/Tokyo");
    const phoneNumber = newPhoneNumber();
    const results = await send(
      "chargePockets",
      slug,
      Array.from({ length: 3 }, () => charge({ phoneNumber })),
    );
    expect(codesOf(results)).toEqual(["SUCCESS", "SUCCESS", "ABOVE_PERIOD_LIMIT"]);
    // Midnight in Tokyo, which has no daylight-saving time.
    const local = new Date(Date.now() + 9 * 3_600_000);
    const next = Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1) - 9 * 3_600_000;
    const resetsAt = `${new Date(next).toISOString().slice(0, 23)}000Z`;
    expect(results[2]).toMatchObject({ remaining: 0, resetsAt });
  });

  it("returns when the first entry leaves the rolling hours", async () => {
    const rolling: Limit = {
      ...{ kind: "DEBIT", measure: "SUM", period: "ROLLING_HOURS", hours: 2, limit: 10 },
    };
    const slug = await newGroup([rolling]);
    const phoneNumber = newPhoneNumber();
    const of = (amount: number) => charge({ phoneNumber, amount });
    await send("chargePockets", slug, [of(1_000)]);
    expect(codesOf(await send("debitPockets", slug, [of(7)]))).toEqual(["SUCCESS"]);
    const { rows } = await server.database.pool.query<{ until: string }>(
      `select created_at + interval '2 hours' as until from pocket_ledger
       where phone_number = $1 and kind = 'DEBIT'`,
      [phoneNumber],
    );
    const [above, tooLarge] = await send("debitPockets", slug, [of(4), of(11)]);
    expect(above).toMatchObject({
      code: "ABOVE_PERIOD_LIMIT",
      remaining: 3,
      resetsAt: rows[0]!.until,
    });
    expect(tooLarge).toMatchObject({ code: "ABOVE_PERIOD_LIMIT", remaining: 3, resetsAt: null });
  });

  it("counts a hold when it is made and not its captures, and gives back what is released", async () => {
    const slug = await newGroup([{ kind: "DEBIT", measure: "SUM", period: "DAY", limit: 100 }]);
    const phoneNumber = newPhoneNumber();
    const of = (amount: number) => charge({ phoneNumber, amount });
    await send("chargePockets", slug, [of(1_000)]);
    const [one, two] = [of(60), of(40)];
    expect(codesOf(await send("holdPockets", slug, [one, two, of(1)]))).toEqual([
      "SUCCESS",
      "SUCCESS",
      "ABOVE_PERIOD_LIMIT",
    ]);
    const capture = { token: newId(), holdToken: one.token, amount: 50, final: true };
    expect(codesOf(await send("captureHolds", slug, [capture]))).toEqual(["SUCCESS"]);
    expect(codesOf(await send("debitPockets", slug, [of(11), of(10)]))).toEqual([
      "ABOVE_PERIOD_LIMIT",
      "SUCCESS",
    ]);
    expect(codesOf(await send("releaseHolds", slug, [two.token]))).toEqual(["SUCCESS"]);
    expect(codesOf(await send("debitPockets", slug, [of(41), of(40)]))).toEqual([
      "ABOVE_PERIOD_LIMIT",
      "SUCCESS",
    ]);
  });

  it("leaves a refused token unused, and answers a used token before it", async () => {
    const slug = await newGroup([{ kind: "CHARGE", measure: "COUNT", period: "DAY", limit: 1 }]);
    const phoneNumber = newPhoneNumber();
    const [made, refused] = [charge({ phoneNumber }), charge({ phoneNumber })];
    const results = await send("chargePockets", slug, [made, refused, made]);
    expect(codesOf(results)).toEqual(["SUCCESS", "ABOVE_PERIOD_LIMIT", "DUPLICATE_TOKEN"]);
    await server.app.services.pocketGroups.update(slug, { periodLimits: [] });
    expect(codesOf(await send("chargePockets", slug, [refused]))).toEqual(["SUCCESS"]);
  });

  it("applies to what was done before it was set", async () => {
    const slug = await newGroup([]);
    const phoneNumber = newPhoneNumber();
    await send("chargePockets", slug, [charge({ phoneNumber, amount: 70 })]);
    await server.app.services.pocketGroups.update(slug, {
      periodLimits: [{ kind: "CHARGE", measure: "SUM", period: "DAY", limit: 100 }],
    });
    const results = await send("chargePockets", slug, [
      charge({ phoneNumber, amount: 31 }),
      charge({ phoneNumber, amount: 30 }),
    ]);
    expect(codesOf(results)).toEqual(["ABOVE_PERIOD_LIMIT", "SUCCESS"]);
  });
});

describe("the limits over time of a group", () => {
  const GROUP = "timeZone periodLimits { kind measure period hours limit }";
  const limits: Limit[] = [
    { kind: "CHARGE", measure: "SUM", period: "DAY", hours: null, limit: 1_000 },
    { kind: "DEBIT", measure: "COUNT", period: "ROLLING_HOURS", hours: 24, limit: 5 },
  ];

  interface Answer {
    payload: {
      pocketGroup: { timeZone: string; periodLimits: Limit[] } | null;
      userErrors: { code: string; field: string[]; message: string }[];
    };
  }

  async function update(slug: string, input: object): Promise<Answer["payload"]> {
    const data = await server.ask<Answer>(
      server.operatorToken,
      `mutation ($slug: String!, $input: UpdatePocketGroupInput!) {
        payload: updatePocketGroup(slug: $slug, input: $input) {
          pocketGroup { ${GROUP} } userErrors { code field message }
        }
      }`,
      { slug, input },
    );
    return data.payload;
  }

  it("are set with the group, shown, changed and removed", async () => {
    const { payload } = await server.ask<Answer>(
      server.operatorToken,
      `mutation ($input: CreatePocketGroupInput!) {
        payload: createPocketGroup(input: $input) { pocketGroup { ${GROUP} } userErrors { code } }
      }`,
      {
        input: {
          ...{ slug: `group-${newId()}`, name: "Group", timeZone: "Asia/Tehran" },
          periodLimits: limits,
        },
      },
    );
    expect(payload.pocketGroup).toEqual({ timeZone: "Asia/Tehran", periodLimits: limits });
    const slug = await newGroup([]);
    expect(await update(slug, { name: "Another name" })).toMatchObject({
      pocketGroup: { timeZone: "UTC", periodLimits: [] },
    });
    expect(await update(slug, { periodLimits: limits, timeZone: "Europe/Berlin" })).toEqual({
      pocketGroup: { timeZone: "Europe/Berlin", periodLimits: limits },
      userErrors: [],
    });
    expect(await update(slug, { periodLimits: null })).toMatchObject({
      pocketGroup: { timeZone: "Europe/Berlin", periodLimits: [] },
    });
  });

  it("are entered in the audit trail, if they change", async () => {
    const slug = await newGroup([]);
    await update(slug, { periodLimits: limits });
    await update(slug, { periodLimits: limits });
    const { rows } = await server.database.pool.query<{ changes: unknown }>(
      `select changes from audit_entries a join pocket_groups g on g.id = a.record_id
       where g.slug = $1 and operation = 'updatePocketGroup'`,
      [slug],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]!.changes).toMatchObject([{ field: "periodLimits", from: "[]" }]);
  });

  const day: Limit = { kind: "CHARGE", measure: "SUM", period: "DAY", limit: 1 };
  it.each([
    ["a limit of 0", "INVALID", [{ ...day, limit: 0 }]],
    ["hours of a day", "INVALID", [{ ...day, hours: 2 }]],
    ["rolling hours without hours", "INVALID", [{ ...day, period: "ROLLING_HOURS" }]],
    ["0 hours", "INVALID", [{ ...day, period: "ROLLING_HOURS", hours: 0 }]],
    ["more than a year", "INVALID", [{ ...day, period: "ROLLING_HOURS", hours: 8_785 }]],
    ["two limits of the same kind", "INVALID", [day, { ...day, limit: 2 }]],
    [
      "more than 10 limits",
      "OUT_OF_RANGE",
      Array.from({ length: 11 }, (_, index) => {
        return { ...day, period: "ROLLING_HOURS", hours: index + 1 };
      }),
    ],
  ])("are refused with %s", async (_, code, periodLimits) => {
    const { pocketGroup, userErrors } = await update(await newGroup([]), { periodLimits });
    expect(pocketGroup).toBeNull();
    expect(userErrors).toMatchObject([{ code, field: ["periodLimits"] }]);
  });

  it.each(["Asia/Nowhere", "+03:30", "CET", ""])("refuse the time zone %j", async (timeZone) => {
    const { userErrors } = await update(await newGroup([]), { timeZone });
    expect(userErrors).toMatchObject([{ code: "INVALID", field: ["timeZone"] }]);
  });
});
