import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { MERCHANT_SCOPES } from "../../src/callers/api-scope.js";
import { PocketEntryErrorCode } from "../../src/pockets/ledger/item.js";
import { instantOf } from "../../src/shared/instant.js";
import { type UuidV7, newId } from "../../src/shared/uuid.js";
import { expectLedgerToBalance } from "../support/ledger.js";
import { charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import { type TestMerchant, TestServer } from "../support/server.js";
import {
  SPENDING_MUTATIONS,
  type Spending,
  type SpendingResult,
  sendItems,
  spend,
} from "../support/spending.js";

const MAX_AMOUNT = 2 ** 53 - 1;

let server: TestServer;
let merchant: TestMerchant;
let other: TestMerchant;
let slug: string;
/** A group with limits for debits and reversals. */
let limited: string;
/** A pocket with a balance of 950, of which 100 are held. */
let phoneNumber: string;
let charged: UuidV7;
let debited: UuidV7;
let held: UuidV7;

beforeAll(async () => {
  server = await TestServer.start();
  [merchant, other] = [await server.createMerchant(), await server.createMerchant()];
  slug = await server.createGroup({}, merchant, other);
  limited = await server.createGroup(
    { minDebitAmount: 10, maxDebitAmount: 100, reversalWindowHours: 1 },
    merchant,
  );
});

beforeEach(async () => {
  phoneNumber = newPhoneNumber();
  [charged, debited, held] = [newId(), newId(), newId()];
  await fill(slug, phoneNumber, 1_000, charged);
  await succeeding("debitPockets", { token: debited, phoneNumber, amount: 50 });
  await succeeding("holdPockets", { token: held, phoneNumber, amount: 100 });
});

afterAll(async () => {
  await expectLedgerToBalance(server.database);
  await server.stop();
});

/** Sends one item of the merchant. */
async function send(mutation: Spending, item: unknown, group = slug): Promise<SpendingResult> {
  const [result] = await spend(server, merchant.token, mutation, group, [item]);
  return result!;
}

async function succeeding(
  mutation: Spending,
  item: unknown,
  group = slug,
): Promise<SpendingResult> {
  const result = await send(mutation, item, group);
  expect(result).toMatchObject({ status: "SUCCESS", code: null });
  return result;
}

async function fill(group: string, number: string, amount: number, token = newId()) {
  const one = charge({ token, phoneNumber: number, amount });
  expect(await chargePockets(server, merchant.token, group, [one])).toMatchObject([
    { status: "SUCCESS" },
  ]);
}

async function freeze(scope: "CREDITS" | "DEBITS"): Promise<void> {
  await server.database.pool.query("update pockets set freeze_scope = $2 where phone_number = $1", [
    phoneNumber,
    scope,
  ]);
}

/** Lets a hold expire, without any change of its pocket. */
async function expire(token: string): Promise<void> {
  await server.database.pool.query("update pocket_holds set expires_at = now() where token = $1", [
    token,
  ]);
}

/** Makes the only entry of a pocket in the group with limits older than the reversal window. */
async function makeOlder(number: string): Promise<void> {
  const { pool } = server.database;
  const [age, of] = ["interval '61 minutes'", "phone_number = $1 and pocket_group_id = g.id"];
  await pool.query(
    `update pocket_ledger l set created_at = l.created_at - ${age}
     from pocket_groups g where slug = $2 and ${of}`,
    [number, limited],
  );
  await pool.query(
    `update pockets p set created_at = p.created_at - ${age}, updated_at = p.updated_at - ${age}
     from pocket_groups g where slug = $2 and ${of}`,
    [number, limited],
  );
}

const REFUSED = {
  status: "ERROR",
  wasMadeBefore: false,
  available: null,
  remaining: null,
  resetsAt: null,
} as const;

describe("a good item", () => {
  it("debits what is available", async () => {
    const token = newId();
    const sent = { token, phoneNumber, amount: 850, reference: "A-1", note: "Coffee" };
    expect(await send("debitPockets", { ...sent, token: token.toUpperCase() })).toEqual({
      ...{ token, status: "SUCCESS", message: "Debit was successful.", code: null },
      ...{ wasMadeBefore: false, available: 0, remaining: null, resetsAt: null },
      pocketEntry: {
        id: expect.stringMatching(/^[0-9a-f-]{14}8/) as string,
        ...{ token, kind: "DEBIT", phoneNumber, amount: -850, balanceAfter: 100 },
        ...{ reversalOfId: null, pocketHoldId: null, reference: "A-1", note: "Coffee" },
      },
    });
  });

  it("reverses a charge in parts and a debit as a whole", async () => {
    const [part, rest, whole] = [newId(), newId(), newId()];
    const of = { token: part, ofToken: charged, amount: 800, reason: "A mistake" };
    expect(await send("reversePocketEntries", of)).toMatchObject({
      ...{ token: part, message: "Reversal was successful.", available: 50 },
      pocketEntry: { kind: "REVERSAL", amount: -800, balanceAfter: 150, note: "A mistake" },
    });
    await succeeding("reversePocketEntries", { token: whole, ofToken: debited });
    await succeeding("releaseHolds", held);
    const last = await succeeding("reversePocketEntries", { token: rest, ofToken: charged });
    expect(last).toMatchObject({ available: 0, pocketEntry: { amount: -200, balanceAfter: 0 } });
    const entry = await server.ask(
      merchant.token,
      `query ($slug: String!, $charged: UUID!, $whole: UUID!) {
        charged: pocketEntry(pocketGroupSlug: $slug, token: $charged) {
          reversedAmount reversals(sort: [{ field: AMOUNT }]) { nodes { token } totalCount }
        }
        whole: pocketEntry(pocketGroupSlug: $slug, token: $whole) {
          reversalOf { token reversedAmount } reversals { totalCount }
        }
      }`,
      { slug, charged, whole },
    );
    expect(entry).toEqual({
      charged: {
        reversedAmount: 1_000,
        reversals: { nodes: [{ token: part }, { token: rest }], totalCount: 2 },
      },
      whole: {
        reversalOf: { token: debited, reversedAmount: 50 },
        reversals: { totalCount: 0 },
      },
    });
  });

  it("holds, captures in parts, and closes the hold with the final capture", async () => {
    const token = newId();
    const expiresAt = "2099-01-01T00:00:00.000000Z";
    const made = await send("holdPockets", { token, phoneNumber, amount: 800, expiresAt });
    expect(made).toEqual({
      ...{ token, status: "SUCCESS", message: "Hold was successful.", code: null },
      ...{ wasMadeBefore: false, available: 50, remaining: null, resetsAt: null },
      pocketHold: {
        id: expect.stringMatching(/^[0-9a-f-]{14}7/) as string,
        ...{ token, phoneNumber, amount: 800, capturedAmount: 0, status: "OPEN", expiresAt },
        closedAt: null,
      },
    });
    const part = await send("captureHolds", { token: newId(), holdToken: token, amount: 300 });
    expect(part).toMatchObject({
      ...{ message: "Capture was successful.", available: 50 },
      pocketEntry: { kind: "DEBIT", amount: -300, pocketHoldId: made.pocketHold?.id },
      pocketHold: { status: "OPEN", capturedAmount: 300, closedAt: null },
    });
    const final = { token: newId(), holdToken: token, amount: 400, final: true };
    expect(await send("captureHolds", final)).toMatchObject({
      available: 150,
      pocketHold: {
        status: "CAPTURED",
        capturedAmount: 700,
        closedAt: expect.any(String) as string,
      },
    });
  });

  it("releases a hold", async () => {
    expect(await send("releaseHolds", held.toUpperCase())).toMatchObject({
      ...{ token: held, status: "SUCCESS", message: "Release was successful.", available: 950 },
      pocketHold: { status: "RELEASED", capturedAmount: 0 },
    });
  });
});

/** Every code of a refusal: an item that causes it, and the rest of its result. */
const REFUSALS: readonly [
  code: keyof typeof PocketEntryErrorCode,
  mutation: Spending,
  given: () => { item: unknown; before?: () => Promise<unknown>; group?: string },
  rest: () => object,
][] = [
  [
    "DUPLICATE_TOKEN",
    "debitPockets",
    () => ({ item: { token: debited, phoneNumber: `+${phoneNumber}`, amount: 50 } }),
    () => ({
      ...{ message: "Duplicate token.", wasMadeBefore: true },
      pocketEntry: { token: debited, amount: -50 },
    }),
  ],
  [
    "DUPLICATE_TOKEN",
    "holdPockets",
    () => ({ item: { token: held, phoneNumber, amount: 100 } }),
    () => ({ wasMadeBefore: true, pocketHold: { token: held, status: "OPEN" } }),
  ],
  [
    "TOKEN_CONFLICT",
    "debitPockets",
    () => ({ item: { token: debited, phoneNumber, amount: 51 } }),
    () => ({ message: "Duplicate token.", pocketEntry: { token: debited, amount: -50 } }),
  ],
  [
    "TOKEN_CONFLICT",
    "holdPockets",
    () => ({ item: { token: charged, phoneNumber, amount: 100 } }),
    () => ({ pocketHold: null }),
  ],
  [
    "TOKEN_CONFLICT",
    "captureHolds",
    () => ({ item: { token: held, holdToken: held } }),
    () => ({ pocketEntry: null, pocketHold: { token: held } }),
  ],
  [
    "INVALID_TOKEN",
    "debitPockets",
    () => ({ item: { token: randomUUID(), phoneNumber, amount: 1 } }),
    () => ({ message: "The token must be a UUID of version 7.", pocketEntry: null }),
  ],
  [
    "INVALID_PHONE_NUMBER",
    "holdPockets",
    () => ({ item: { token: newId(), phoneNumber: "12", amount: 1 } }),
    () => ({ message: expect.stringContaining("The phone number must be") as string }),
  ],
  [
    "INVALID_AMOUNT",
    "debitPockets",
    () => ({ item: { token: newId(), phoneNumber, amount: 0 } }),
    () => ({ message: "The amount must be above 0." }),
  ],
  [
    "INVALID_AMOUNT",
    "reversePocketEntries",
    () => ({ item: { token: newId(), ofToken: charged, amount: -1 } }),
    () => ({ pocketEntry: null }),
  ],
  [
    "INVALID_AMOUNT",
    "captureHolds",
    () => ({ item: { token: newId(), holdToken: held, amount: 0 } }),
    () => ({ pocketEntry: null, pocketHold: { token: held, status: "OPEN" } }),
  ],
  [
    "INVALID_TEXT",
    "debitPockets",
    () => ({ item: { token: newId(), phoneNumber, amount: 1, reference: "r".repeat(201) } }),
    () => ({ message: expect.stringContaining("reference") as string }),
  ],
  [
    "INVALID_TEXT",
    "reversePocketEntries",
    () => ({ item: { token: newId(), ofToken: charged, reason: "r".repeat(501) } }),
    () => ({ message: expect.stringContaining("500") as string }),
  ],
  [
    "REFERENCE_TAKEN",
    "debitPockets",
    () => {
      const one = { phoneNumber, amount: 1, reference: "taken" };
      return {
        item: { ...one, token: newId() },
        group: "unique-references",
        before: async () => {
          await server.createGroup(
            { slug: "unique-references", hasUniqueReferences: true },
            merchant,
          );
          await fill("unique-references", phoneNumber, 10);
          await succeeding("debitPockets", { ...one, token: newId() }, "unique-references");
        },
      };
    },
    () => ({ message: "Your merchant has used this reference in this group before." }),
  ],
  [
    "INVALID_EXPIRY",
    "holdPockets",
    () => ({
      item: { token: newId(), phoneNumber, amount: 1, expiresAt: instantOf(new Date()) },
    }),
    () => ({ message: "expiresAt must be in the future.", pocketHold: null }),
  ],
  [
    "POCKET_NOT_FOUND",
    "debitPockets",
    () => ({ item: { token: newId(), phoneNumber: newPhoneNumber(), amount: 1 } }),
    () => ({ message: "This number has no pocket in this group." }),
  ],
  [
    "POCKET_FROZEN",
    "debitPockets",
    () => ({ item: { token: newId(), phoneNumber, amount: 1 }, before: () => freeze("DEBITS") }),
    () => ({ message: "The pocket is frozen.", available: 850 }),
  ],
  [
    "POCKET_FROZEN",
    "reversePocketEntries",
    () => ({ item: { token: newId(), ofToken: debited }, before: () => freeze("CREDITS") }),
    () => ({ remaining: 50 }),
  ],
  [
    "POCKET_FROZEN",
    "captureHolds",
    () => ({ item: { token: newId(), holdToken: held }, before: () => freeze("DEBITS") }),
    () => ({ pocketHold: { token: held, status: "OPEN" } }),
  ],
  [
    "INSUFFICIENT_FUNDS",
    "debitPockets",
    () => ({ item: { token: newId(), phoneNumber, amount: 851 } }),
    () => ({ message: "The pocket has too little: 850 is available.", available: 850 }),
  ],
  [
    "INSUFFICIENT_FUNDS",
    "holdPockets",
    () => ({ item: { token: newId(), phoneNumber, amount: 851 } }),
    () => ({ available: 850, pocketHold: null }),
  ],
  [
    "INSUFFICIENT_FUNDS",
    "reversePocketEntries",
    () => ({ item: { token: newId(), ofToken: charged } }),
    () => ({ available: 850, remaining: 1_000 }),
  ],
  [
    "BELOW_MIN_DEBIT_AMOUNT",
    "debitPockets",
    () => ({ item: { token: newId(), phoneNumber, amount: 9 }, group: limited }),
    () => ({ message: "The amount is below the minimum debit amount of this group." }),
  ],
  [
    "ABOVE_MAX_DEBIT_AMOUNT",
    "holdPockets",
    () => ({ item: { token: newId(), phoneNumber, amount: 101 }, group: limited }),
    () => ({ message: "The amount is above the maximum debit amount of this group." }),
  ],
  [
    "ABOVE_PERIOD_LIMIT",
    "debitPockets",
    () => ({
      item: { token: newId(), phoneNumber, amount: 50 },
      group: "hourly",
      before: async () => {
        const rule = { kind: "DEBIT", measure: "SUM", period: "ROLLING_HOURS", hours: 2 } as const;
        const periodLimits = [{ ...rule, limit: 100 }];
        await server.createGroup({ slug: "hourly", periodLimits }, merchant);
        await fill("hourly", phoneNumber, 1_000);
        await succeeding("debitPockets", { token: newId(), phoneNumber, amount: 60 }, "hourly");
      },
    }),
    () => ({
      message: expect.stringContaining("The group's limits over time leave 40 until") as string,
      ...{ available: 940, remaining: 40 },
      resetsAt: expect.any(String) as string,
    }),
  ],
  [
    "ABOVE_MAX_POCKET_BALANCE",
    "reversePocketEntries",
    () => ({
      item: { token: newId(), ofToken: debited },
      before: () => fill(slug, phoneNumber, MAX_AMOUNT - 950),
    }),
    () => ({
      message: "The balance would exceed the maximum pocket balance of this group.",
      remaining: 50,
    }),
  ],
  [
    "ENTRY_NOT_FOUND",
    "reversePocketEntries",
    () => ({ item: { token: newId(), ofToken: newId() } }),
    () => ({
      message: "Your merchant has made no charge or debit with this ofToken in this group.",
    }),
  ],
  [
    "ENTRY_NOT_FOUND",
    "reversePocketEntries",
    () => ({ item: { token: newId(), ofToken: held } }),
    () => ({ remaining: null }),
  ],
  [
    "NOT_REVERSIBLE",
    "reversePocketEntries",
    () => {
      const reversal = newId();
      return {
        item: { token: newId(), ofToken: reversal },
        before: () => succeeding("reversePocketEntries", { token: reversal, ofToken: debited }),
      };
    },
    () => ({ message: "Only charges and debits can be reversed." }),
  ],
  [
    "ALREADY_REVERSED",
    "reversePocketEntries",
    () => ({
      item: { token: newId(), ofToken: debited, amount: 1 },
      before: () => succeeding("reversePocketEntries", { token: newId(), ofToken: debited }),
    }),
    () => ({
      message: "The entry was reversed before, and nothing is left of it.",
      remaining: 0,
    }),
  ],
  [
    "ABOVE_REVERSIBLE_AMOUNT",
    "reversePocketEntries",
    () => ({ item: { token: newId(), ofToken: debited, amount: 51 } }),
    () => ({ message: "The amount is above what is left to reverse, 50.", remaining: 50 }),
  ],
  [
    "REVERSAL_WINDOW_ENDED",
    "reversePocketEntries",
    () => {
      const token = newId();
      return {
        item: { token: newId(), ofToken: token },
        group: limited,
        before: async () => {
          await fill(limited, phoneNumber, 20, token);
          await makeOlder(phoneNumber);
        },
      };
    },
    () => ({ message: "The entry is too old to be reversed in this group.", remaining: 20 }),
  ],
  [
    "HOLD_NOT_FOUND",
    "captureHolds",
    () => ({ item: { token: newId(), holdToken: charged } }),
    () => ({
      message: "Your merchant has made no hold with this holdToken in this group.",
      pocketHold: null,
    }),
  ],
  [
    "HOLD_NOT_FOUND",
    "releaseHolds",
    () => ({ item: "not a token" }),
    () => ({ token: "not a token", pocketHold: null }),
  ],
  [
    "HOLD_EXPIRED",
    "captureHolds",
    () => ({ item: { token: newId(), holdToken: held }, before: () => expire(held) }),
    () => ({
      message: "The hold has expired.",
      pocketHold: { status: "EXPIRED", closedAt: expect.any(String) as string },
    }),
  ],
  [
    "HOLD_EXPIRED",
    "releaseHolds",
    () => ({ item: held, before: () => expire(held) }),
    () => ({ pocketHold: { status: "EXPIRED" } }),
  ],
  [
    "HOLD_CLOSED",
    "releaseHolds",
    () => ({ item: held, before: () => succeeding("releaseHolds", held) }),
    () => ({
      message: "The hold was captured or released before.",
      wasMadeBefore: true,
      pocketHold: { status: "RELEASED" },
    }),
  ],
  [
    "HOLD_CLOSED",
    "captureHolds",
    () => ({
      item: { token: newId(), holdToken: held },
      before: () => succeeding("captureHolds", { token: newId(), holdToken: held }),
    }),
    () => ({ pocketHold: { status: "CAPTURED" } }),
  ],
  [
    "ABOVE_HELD_AMOUNT",
    "captureHolds",
    () => ({ item: { token: newId(), holdToken: held, amount: 101 } }),
    () => ({
      message: "The amount is above what is left of the hold, 100.",
      remaining: 100,
      pocketHold: { status: "OPEN", capturedAmount: 0 },
    }),
  ],
];

describe("a refused item", () => {
  it.each(REFUSALS.map((refusal) => [...refusal] as const))(
    "has the code %s of %s, a message, and what decided",
    async (code, mutation, given, rest) => {
      const { item, before, group } = given();
      await before?.();
      expect(await send(mutation, item, group)).toMatchObject({ ...REFUSED, code, ...rest() });
    },
  );

  it("was caused above for every code", () => {
    const caused = new Set(REFUSALS.map(([code]) => code));
    expect(
      Object.keys(PocketEntryErrorCode).filter((code) => !caused.has(code as "HOLD_CLOSED")),
    ).toEqual([]);
  });

  it("does not affect the others, and leaves its token unused", async () => {
    const token = newId();
    const one = { token, phoneNumber, amount: 851 };
    const results = await spend(server, merchant.token, "debitPockets", slug, [
      one,
      { ...one, amount: 850 },
      { ...one, amount: 850 },
    ]);
    expect(results.map(({ code }) => code)).toEqual([
      "INSUFFICIENT_FUNDS",
      null,
      "DUPLICATE_TOKEN",
    ]);
  });
});

describe("a request", () => {
  it.each(SPENDING_MUTATIONS)("of %s takes from 1 to 1,000 items", async (mutation) => {
    const items = (count: number) =>
      Array.from({ length: count }, () =>
        mutation === "releaseHolds"
          ? newId()
          : {
              token: newId(),
              ...(mutation === "captureHolds" ? { holdToken: newId() } : {}),
              ...(mutation === "reversePocketEntries" ? { ofToken: newId() } : {}),
              ...(mutation === "debitPockets" || mutation === "holdPockets"
                ? { phoneNumber, amount: 2_000 }
                : {}),
            },
      );
    for (const count of [0, 1_001]) {
      const { status, errors } = await sendItems(
        server,
        merchant.token,
        mutation,
        slug,
        items(count),
      );
      expect({ status, codes: errors?.map(({ extensions }) => extensions.code) }).toEqual({
        status: 400,
        codes: ["BAD_USER_INPUT"],
      });
    }
    const results = await spend(server, merchant.token, mutation, slug, items(1_000));
    expect(results).toHaveLength(1_000);
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(["ERROR"]));
  });

  it.each(SPENDING_MUTATIONS)("of %s needs its scope and a granted group", async (mutation) => {
    const needed = mutation === "reversePocketEntries" ? "POCKETS_REVERSE" : "POCKETS_DEBIT";
    const without = await server.createToken({
      merchantId: merchant.id,
      scopes: MERCHANT_SCOPES.filter((scope) => scope !== needed),
    });
    const alone = await server.createToken({ merchantId: merchant.id, scopes: [needed] });
    const foreign = await server.createGroup({}, other);
    const item = mutation === "releaseHolds" ? newId() : itemOf(mutation);
    const codesOf = async (token: string | null, group: string) => {
      const { errors } = await sendItems(server, token, mutation, group, [item]);
      return errors?.map(({ extensions }) => extensions.code);
    };
    expect(await codesOf(without, slug)).toEqual(["FORBIDDEN"]);
    expect(await codesOf(server.operatorToken, slug)).toEqual(["FORBIDDEN"]);
    expect(await codesOf(null, slug)).toEqual(["UNAUTHENTICATED"]);
    expect(await codesOf(alone, foreign)).toEqual(["FORBIDDEN"]);
    expect(await codesOf(alone, "no-such-group")).toEqual(["NOT_FOUND"]);
    expect(await codesOf(alone, slug)).toBeUndefined();
  });
});

function itemOf(mutation: Exclude<Spending, "releaseHolds">): object {
  const token = newId();
  if (mutation === "captureHolds") return { token, holdToken: newId() };
  if (mutation === "reversePocketEntries") return { token, ofToken: newId() };
  return { token, phoneNumber: newPhoneNumber(), amount: 1 };
}

describe("the entries and holds of another merchant", () => {
  it("cannot be reversed, captured or released, and are unseen", async () => {
    const by = other.token;
    const reversal = { token: newId(), ofToken: charged };
    const capture = { token: newId(), holdToken: held };
    expect(await spend(server, by, "reversePocketEntries", slug, [reversal])).toMatchObject([
      { ...REFUSED, code: "ENTRY_NOT_FOUND", pocketEntry: null },
    ]);
    expect(await spend(server, by, "captureHolds", slug, [capture])).toMatchObject([
      { ...REFUSED, code: "HOLD_NOT_FOUND", pocketEntry: null, pocketHold: null },
    ]);
    expect(await spend(server, by, "releaseHolds", slug, [held])).toMatchObject([
      { ...REFUSED, code: "HOLD_NOT_FOUND", pocketHold: null },
    ]);
    const used = { token: debited, phoneNumber, amount: 50 };
    expect(await spend(server, by, "debitPockets", slug, [used])).toMatchObject([
      { ...REFUSED, code: "DUPLICATE_TOKEN", pocketEntry: null },
    ]);
    const found = await server.ask(
      by,
      `query ($slug: String!, $debited: UUID!, $held: UUID!, $number: [String!]) {
        pocketEntry(pocketGroupSlug: $slug, token: $debited) { id }
        pocketHold(pocketGroupSlug: $slug, token: $held) { id }
        pocketEntries(filter: { phoneNumber: { eq: $number } }) { totalCount }
        pocketHolds(filter: { phoneNumber: { eq: $number } }) { totalCount }
      }`,
      { slug, debited, held, number: phoneNumber },
    );
    expect(found).toEqual({
      ...{ pocketEntry: null, pocketHold: null },
      ...{ pocketEntries: { totalCount: 0 }, pocketHolds: { totalCount: 0 } },
    });
  });

  it("count towards the balance and what is available", async () => {
    const taken = { token: newId(), phoneNumber, amount: 850 };
    expect(await spend(server, other.token, "debitPockets", slug, [taken])).toMatchObject([
      { status: "SUCCESS", available: 0 },
    ]);
    expect((await send("debitPockets", { ...taken, token: newId() })).code).toBe(
      "INSUFFICIENT_FUNDS",
    );
  });
});

interface EntryNode {
  id: string;
  token: string;
}

describe("the lists of entries and holds", () => {
  const listed = async (filter: object): Promise<string[]> => {
    const { pocketEntries } = await server.ask<{ pocketEntries: { nodes: EntryNode[] } }>(
      merchant.token,
      `query ($filter: PocketEntryFilter) {
        pocketEntries(filter: $filter, sort: [{ field: AMOUNT }]) { nodes { token } }
      }`,
      { filter: { phoneNumber: { eq: [phoneNumber] }, ...filter } },
    );
    return pocketEntries.nodes.map(({ token }) => token);
  };

  it("filter entries by kind, amount, reversals and holds", async () => {
    const [reversal, capture] = [newId(), newId()];
    await succeeding("reversePocketEntries", { token: reversal, ofToken: debited, amount: 20 });
    const { pocketHold } = await succeeding("captureHolds", { token: capture, holdToken: held });
    const { pocketEntry } = await server.ask<{ pocketEntry: EntryNode }>(
      merchant.token,
      `query ($slug: String!, $token: UUID!) {
        pocketEntry(pocketGroupSlug: $slug, token: $token) { id }
      }`,
      { slug, token: debited },
    );
    const { id } = pocketEntry;
    const recordId = `${id.slice(0, 14)}7${id.slice(15)}`;
    expect(await listed({})).toEqual([capture, debited, reversal, charged]);
    expect(await listed({ kind: { eq: ["DEBIT"] } })).toEqual([capture, debited]);
    expect(await listed({ kind: { notEq: ["DEBIT", "CHARGE"] } })).toEqual([reversal]);
    expect(await listed({ amount: { lt: 0 } })).toEqual([capture, debited]);
    expect(await listed({ reversedAmount: { gt: 0 } })).toEqual([debited]);
    expect(await listed({ reversedAmount: { eq: [20] } })).toEqual([debited]);
    for (const eq of [[id], [recordId]]) {
      expect(await listed({ id: { eq } })).toEqual([debited]);
      expect(await listed({ reversalOfId: { eq } })).toEqual([reversal]);
    }
    expect(await listed({ reversalOfId: { isNull: true } })).toEqual([capture, debited, charged]);
    expect(await listed({ pocketHoldId: { eq: [pocketHold?.id] } })).toEqual([capture]);
  });

  it("page through entries, sum them with their signs, and group them by kind", async () => {
    await succeeding("reversePocketEntries", { token: newId(), ofToken: charged, amount: 300 });
    const query = `query ($number: [String!], $after: String) {
      pocketEntries(
        filter: { phoneNumber: { eq: $number } }, sort: [{ field: AMOUNT }], first: 2, after: $after
      ) {
        nodes { kind amount } pageInfo { hasNextPage endCursor } totalCount
        aggregate { count sum { amount } min { amount } max { amount } }
        groupBy(keys: [KIND]) { key { kind } aggregate { count sum { amount } } }
      }
    }`;
    const ask = (after: string | null) =>
      server.ask<{ pocketEntries: { pageInfo: { endCursor: string } } }>(merchant.token, query, {
        number: phoneNumber,
        after,
      });
    const first = await ask(null);
    expect(first.pocketEntries).toMatchObject({
      nodes: [
        { kind: "REVERSAL", amount: -300 },
        { kind: "DEBIT", amount: -50 },
      ],
      ...{ pageInfo: { hasNextPage: true }, totalCount: 3 },
      aggregate: {
        ...{ count: 3, sum: { amount: "650" } },
        ...{ min: { amount: -300 }, max: { amount: 1_000 } },
      },
      groupBy: expect.arrayContaining([
        { key: { kind: "CHARGE" }, aggregate: { count: 1, sum: { amount: "1000" } } },
        { key: { kind: "DEBIT" }, aggregate: { count: 1, sum: { amount: "-50" } } },
        { key: { kind: "REVERSAL" }, aggregate: { count: 1, sum: { amount: "-300" } } },
      ]) as unknown,
    });
    expect((await ask(first.pocketEntries.pageInfo.endCursor)).pocketEntries).toMatchObject({
      nodes: [{ kind: "CHARGE", amount: 1_000 }],
      pageInfo: { hasNextPage: false },
    });
  });

  it("know that a hold has expired before it is closed", async () => {
    const [expired, released, captured] = [newId(), newId(), newId()];
    for (const [index, token] of [expired, released, captured].entries())
      await succeeding("holdPockets", { token, phoneNumber, amount: 10 + index });
    await succeeding("releaseHolds", released);
    await succeeding("captureHolds", { token: newId(), holdToken: captured, amount: 5 });
    await expire(expired);
    const holds = await server.ask(
      merchant.token,
      `query ($number: [String!]) {
        ${["OPEN", "EXPIRED", "RELEASED"]
          .map(
            (status) => `${status}: pocketHolds(
              filter: { phoneNumber: { eq: $number }, status: { eq: [${status}] } }
              sort: [{ field: AMOUNT, direction: DESC }]
            ) { nodes { token status capturedAmount captures { nodes { amount } } } }`,
          )
          .join(" ")}
        all: pocketHolds(filter: { phoneNumber: { eq: $number } }) {
          aggregate { count sum { amount capturedAmount } }
          groupBy(keys: [STATUS]) { key { status } aggregate { count } }
        }
      }`,
      { number: phoneNumber },
    );
    const none = { capturedAmount: 0, captures: { nodes: [] } };
    expect(holds).toEqual({
      OPEN: {
        nodes: [
          { token: held, status: "OPEN", ...none },
          {
            ...{ token: captured, status: "OPEN", capturedAmount: 5 },
            captures: { nodes: [{ amount: -5 }] },
          },
        ],
      },
      EXPIRED: { nodes: [{ token: expired, status: "EXPIRED", ...none }] },
      RELEASED: { nodes: [{ token: released, status: "RELEASED", ...none }] },
      all: {
        aggregate: { count: 4, sum: { amount: "133", capturedAmount: "5" } },
        groupBy: expect.arrayContaining([
          { key: { status: "OPEN" }, aggregate: { count: 2 } },
          { key: { status: "EXPIRED" }, aggregate: { count: 1 } },
          { key: { status: "RELEASED" }, aggregate: { count: 1 } },
        ]) as unknown,
      },
    });
  });
});

describe("a pocket", () => {
  const POCKET = `query ($slug: String!, $number: String!, $slugs: [String!], $numbers: [String!]) {
    pocket(pocketGroupSlug: $slug, phoneNumber: $number) {
      balance heldAmount available isFrozen freezeScope
      pocketEntries { totalCount } pocketHolds { totalCount }
    }
    pockets(filter: { phoneNumber: { eq: $numbers }, pocketGroupSlug: { eq: $slugs } }) {
      aggregate { sum { balance heldAmount available } }
    }
  }`;
  const pocket = () =>
    server.ask<{ pocket: object; pockets: object }>(merchant.token, POCKET, {
      ...{ slug, number: phoneNumber },
      ...{ numbers: [phoneNumber], slugs: [slug] },
    });
  const sums = (balance: string, heldAmount: string, available: string) => ({
    aggregate: { sum: { balance, heldAmount, available } },
  });

  it("shows what is held and available", async () => {
    expect(await pocket()).toEqual({
      pocket: {
        ...{ balance: 950, heldAmount: 100, available: 850, isFrozen: false, freezeScope: "NONE" },
        ...{ pocketEntries: { totalCount: 2 }, pocketHolds: { totalCount: 1 } },
      },
      pockets: sums("950", "100", "850"),
    });
  });

  it("has the amount of an expired hold available, before and after the hold is closed", async () => {
    await expire(held);
    const shown = {
      pocket: { balance: 950, heldAmount: 0, available: 950 },
      pockets: sums("950", "0", "950"),
    };
    expect(await pocket()).toMatchObject(shown);
    const whole = { token: newId(), phoneNumber, amount: 950 };
    expect(await succeeding("debitPockets", whole)).toMatchObject({ available: 0 });
    expect(await pocket()).toMatchObject({
      pocket: { balance: 0, heldAmount: 0, available: 0 },
      pockets: sums("0", "0", "0"),
    });
  });

  it("shows that it is frozen", async () => {
    await freeze("DEBITS");
    expect(await pocket()).toMatchObject({ pocket: { isFrozen: true, freezeScope: "DEBITS" } });
  });
});

describe("node and nodes", () => {
  it("find entries and holds by id, and only the merchant's own", async () => {
    const query = `query ($slug: String!, $debited: UUID!, $held: UUID!) {
      entry: pocketEntry(pocketGroupSlug: $slug, token: $debited) { id }
      hold: pocketHold(pocketGroupSlug: $slug, token: $held) { id }
    }`;
    const { entry, hold } = await server.ask<{ entry: { id: string }; hold: { id: string } }>(
      merchant.token,
      query,
      { slug, debited, held },
    );
    const found = (token: string) =>
      server.ask(
        token,
        `query ($id: ID!, $ids: [ID!]!) {
          node(id: $id) { __typename id ... on PocketHold { token status } }
          nodes(ids: $ids) { __typename id ... on PocketEntry { token amount } }
        }`,
        { id: hold.id, ids: [entry.id, hold.id] },
      );
    const shownHold = { __typename: "PocketHold", id: hold.id };
    const all = {
      node: { ...shownHold, token: held, status: "OPEN" },
      nodes: [{ __typename: "PocketEntry", id: entry.id, token: debited, amount: -50 }, shownHold],
    };
    expect(await found(merchant.token)).toEqual(all);
    expect(await found(server.operatorToken)).toEqual(all);
    expect(await found(other.token)).toEqual({ node: null, nodes: [null, null] });
  });
});
