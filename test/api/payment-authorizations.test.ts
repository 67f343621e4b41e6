import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { MERCHANT_SCOPES } from "../../src/callers/api-scope.js";
import { newId } from "../../src/shared/uuid.js";
import * as payments from "../support/payments.js";
import {
  type PaymentAuthorization,
  type PaymentCharge,
  type PaymentOutcome,
  accepted,
  refusals,
} from "../support/payments.js";
import { type TestMerchant, TestServer, made } from "../support/server.js";

const TIMESTAMP = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string;
const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
const MAX_AMOUNT = 9_007_199_254_740_991;
const UNKNOWN_IDS = [newId(), "", "abc", "\u0000", "9".repeat(40)];
const PAST = "2020-01-01T00:00:00.000000Z";
const FUTURE = "2099-12-31T23:59:59.999999Z";

const STATUSES = [
  "CREATED",
  "STARTED",
  "ACTION_REQUIRED",
  "SUCCEEDED",
  "CAPTURED",
  "FAILED",
  "CANCELED",
  "EXPIRED",
] as const;
type Status = (typeof STATUSES)[number];
/** The allowed transitions from each status. */
const NEXT: Record<Status, readonly Status[]> = {
  CREATED: ["STARTED", "ACTION_REQUIRED", "CANCELED", "EXPIRED", "SUCCEEDED", "FAILED"],
  STARTED: ["CREATED", "ACTION_REQUIRED", "SUCCEEDED", "FAILED", "EXPIRED", "CANCELED"],
  ACTION_REQUIRED: ["CREATED", "STARTED", "SUCCEEDED", "FAILED", "EXPIRED", "CANCELED"],
  SUCCEEDED: ["CAPTURED", "CANCELED", "EXPIRED", "FAILED"],
  FAILED: ["CREATED", "STARTED", "SUCCEEDED"],
  CANCELED: ["SUCCEEDED", "FAILED"],
  EXPIRED: ["SUCCEEDED", "FAILED"],
  CAPTURED: ["FAILED"],
};

const NO_TIMESTAMPS = {
  succeededAt: null,
  capturedAt: null,
  failedAt: null,
  canceledAt: null,
  expiredAt: null,
};
const TIMESTAMP_OF: Partial<Record<Status, keyof typeof NO_TIMESTAMPS>> = {
  SUCCEEDED: "succeededAt",
  CAPTURED: "capturedAt",
  FAILED: "failedAt",
  CANCELED: "canceledAt",
  EXPIRED: "expiredAt",
};

/** The timestamps of an authorization that has had only these statuses. */
function timestampsOf(...statuses: Status[]): object {
  const reached = statuses.flatMap((status) => TIMESTAMP_OF[status] ?? []);
  return { ...NO_TIMESTAMPS, ...Object.fromEntries(reached.map((field) => [field, TIMESTAMP])) };
}

/** The capturable, captured and released amounts and deposits, with their totals. */
type Pair = readonly [amount: number, deposit: number];
function amounts(capturable: Pair, captured: Pair, released: Pair): object {
  return {
    amountCapturableInCents: capturable[0],
    depositCapturableInCents: capturable[1],
    totalCapturableInCents: capturable[0] + capturable[1],
    amountCapturedInCents: captured[0],
    depositCapturedInCents: captured[1],
    totalCapturedInCents: captured[0] + captured[1],
    amountReleasedInCents: released[0],
    depositReleasedInCents: released[1],
    totalReleasedInCents: released[0] + released[1],
  };
}
const ALL: Pair = [1_000, 500];
const NOTHING: Pair = [0, 0];
const AMOUNTS: Record<Status, object> = {
  CREATED: { capturable: false, ...amounts(ALL, NOTHING, NOTHING) },
  STARTED: { capturable: false, ...amounts(ALL, NOTHING, NOTHING) },
  ACTION_REQUIRED: { capturable: false, ...amounts(ALL, NOTHING, NOTHING) },
  SUCCEEDED: { capturable: true, ...amounts(ALL, NOTHING, NOTHING) },
  CAPTURED: { capturable: false, ...amounts(NOTHING, ALL, NOTHING) },
  FAILED: { capturable: false, ...amounts(NOTHING, NOTHING, ALL) },
  CANCELED: { capturable: false, ...amounts(NOTHING, NOTHING, ALL) },
  EXPIRED: { capturable: false, ...amounts(NOTHING, NOTHING, ALL) },
};

type Input = Record<string, unknown>;

/** Table rows: error code, path, the start of the refused input as a label, and that input. */
const named = (rows: [string, string, Input][]): [string, string, string, Input][] =>
  rows.map(([code, field, given]) => [code, field, JSON.stringify(given).slice(0, 60), given]);

let server: TestServer;
let merchant: TestMerchant;
/** The merchant of all tests that do not need one of their own. */
let merchantOfFile: TestMerchant;

beforeAll(async () => {
  server = await TestServer.start();
  merchantOfFile = await server.createMerchant();
});

afterAll(() => server.stop());

beforeEach(() => {
  merchant = merchantOfFile;
});

const send = (input: Input): Promise<PaymentOutcome<PaymentAuthorization>> =>
  payments.createAuthorization(server, merchant.token, { mode: "REQUEST", ...input });
/** Creates an authorization with amount 1,000 and deposit 500. The given fields override these. */
const create = (given: Input = {}): Promise<PaymentAuthorization> =>
  accepted(send({ amountInCents: 1_000, depositInCents: 500, ...given }));
const succeeded = (given: Input = {}): Promise<PaymentAuthorization> =>
  create({ status: "SUCCEEDED", ...given });
const sendUpdate = (id: string, input: Input): Promise<PaymentOutcome<PaymentAuthorization>> =>
  payments.updateAuthorization(server, merchant.token, id, input);
const update = (id: string, input: Input): Promise<PaymentAuthorization> =>
  accepted(sendUpdate(id, input));
const find = (id: string): Promise<PaymentAuthorization | null> =>
  payments.findAuthorization(server, merchant.token, id);

const sendCharge = (input: Input): Promise<PaymentOutcome<PaymentCharge>> =>
  payments.createCharge(server, merchant.token, input);
const sendChargeUpdate = (id: string, input: Input): Promise<PaymentOutcome<PaymentCharge>> =>
  payments.updateCharge(server, merchant.token, id, input);
const updateCharge = (id: string, input: Input): Promise<PaymentCharge> =>
  accepted(sendChargeUpdate(id, input));

/** Creates a charge of 600 with deposit 200 that captures from the authorization when it succeeds. */
function capturing({ id }: { id: string }, given: Input = {}): Input {
  const amountsInCents = { amountInCents: 600, depositInCents: 200 };
  return { mode: "CAPTURE", paymentAuthorizationId: id, ...amountsInCents, ...given };
}
const capture = (of: PaymentAuthorization, given: Input = {}): Promise<PaymentCharge> =>
  accepted(sendCharge(capturing(of, { status: "SUCCEEDED", ...given })));

/** The number of the merchant's authorizations and charges. */
async function count(): Promise<unknown> {
  return server.ask(
    merchant.token,
    "{ paymentAuthorizations { totalCount } paymentCharges { totalCount } }",
  );
}

/** Expects that the input is refused, and that no record was created. */
async function refusalsOf(sent: () => Promise<PaymentOutcome<unknown>>): Promise<unknown> {
  const before = await count();
  const refused = await refusals(sent());
  expect(await count()).toEqual(before);
  return refused;
}

const newCustomer = async (): Promise<string> =>
  (await accepted(payments.createCustomer(server, merchant.token, { name: "A customer" }))).id;
const newOrder = async (given: Input = {}): Promise<string> =>
  (await accepted(payments.createOrder(server, merchant.token, given))).id;
async function newMethod(given: Input = {}): Promise<string> {
  const method = { provider: "STRIPE", identifier: "pm_1", methodType: "card", label: "Card" };
  const input = { ...method, ...given };
  return (await accepted(payments.createMethod(server, merchant.token, input))).id;
}

describe("a new authorization", () => {
  it("is CREATED at STRIPE in the merchant's currency, without a deposit", async () => {
    const created = await accepted(send({ amountInCents: 1_000 }));
    expect(created).toEqual({
      id: UUID,
      createdAt: TIMESTAMP,
      updatedAt: created.createdAt,
      status: "CREATED",
      mode: "REQUEST",
      provider: "STRIPE",
      amountInCents: 1_000,
      depositInCents: 0,
      totalInCents: 1_000,
      currency: "USD",
      capturable: false,
      ...amounts([1_000, 0], NOTHING, NOTHING),
      description: null,
      providerId: null,
      providerMethod: null,
      ...{ reference: null, metadata: [] },
      providerSecret: null,
      captureBefore: null,
      ...NO_TIMESTAMPS,
      employeeId: null,
      orderId: null,
      customerId: null,
      paymentMethodId: null,
      statusHistory: {
        nodes: [{ from: null, to: "CREATED", at: created.createdAt, employee: null }],
      },
    });
    expect(await find(created.id)).toEqual(created);
  });

  it("stores every given value", async () => {
    const customerId = await newCustomer();
    const paymentMethodId = await newMethod({ customerId });
    const given = {
      status: "STARTED",
      mode: "OFF_SESSION",
      provider: "APP",
      amountInCents: MAX_AMOUNT - 1,
      depositInCents: 1,
      currency: "JPY",
      captureBefore: FUTURE,
      description: "😀".repeat(5_000),
      providerId: "😀".repeat(255),
      providerMethod: "",
      providerSecret: "😀".repeat(4_096),
      customerId,
      paymentMethodId,
    };
    const created = await create(given);
    expect(created).toMatchObject({ ...given, totalInCents: MAX_AMOUNT });
    expect(await find(created.id)).toEqual(created);
  });

  it("has its order's currency and customer", async () => {
    const customerId = await newCustomer();
    const orderId = await newOrder({ customerId, currency: "EUR" });
    const inherited = { orderId, customerId, currency: "EUR" };
    expect(await create({ orderId })).toMatchObject(inherited);
    expect(await create(inherited)).toMatchObject(inherited);
  });

  it.each(STATUSES)("may be created as %s, with its amounts and timestamp", async (status) => {
    const created = await create({ status });
    expect(created).toMatchObject({
      status,
      ...AMOUNTS[status],
      ...timestampsOf(status),
      statusHistory: { nodes: [{ from: null, to: status, at: created.createdAt, employee: null }] },
    });
  });

  it("treats null like an omitted field", async () => {
    const optional = ["status", "provider", "depositInCents", "currency", "captureBefore"];
    const texts = ["description", "providerId", "providerMethod", "providerSecret"];
    const ids = ["orderId", "customerId", "paymentMethodId", "idempotencyKey"];
    const nulls = Object.fromEntries([...optional, ...texts, ...ids].map((field) => [field, null]));
    expect(await create(nulls)).toMatchObject({
      status: "CREATED",
      provider: "STRIPE",
      depositInCents: 0,
      currency: "USD",
      description: null,
    });
  });

  it("has the token's employee, as do its status changes", async () => {
    const employee = { merchantId: merchant.id, name: "E", email: `e-${newId()}@example.com` };
    const employeeId = made(await server.app.services.employees.create(employee)).id;
    const theirs = await server.createToken({ merchantId: merchant.id, employeeId });
    const { token } = merchant;
    merchant = { ...merchant, token: theirs };
    const { id } = await succeeded();
    merchant = { ...merchant, token };
    const { id: chargeId } = await accepted(sendCharge(capturing({ id })));
    merchant = { ...merchant, token: theirs };
    await updateCharge(chargeId, { status: "SUCCEEDED" });
    expect(await find(id)).toMatchObject({
      employeeId,
      statusHistory: {
        nodes: [
          { from: null, to: "SUCCEEDED", employee: { id: employeeId } },
          { from: "SUCCEEDED", to: "CAPTURED", employee: { id: employeeId } },
        ],
      },
    });
  });

  it("shows its secret with the scope PROVIDER_SECRETS_READ, and null without", async () => {
    const scopes = MERCHANT_SCOPES.filter((scope) => scope !== "PROVIDER_SECRETS_READ");
    const without = await server.createToken({ merchantId: merchant.id, scopes });
    const { id, providerSecret } = await create({ providerSecret: "sec_1" });
    expect(providerSecret).toBe("sec_1");
    expect(await payments.findAuthorization(server, without, id)).toMatchObject({
      providerSecret: null,
    });
    const changed = payments.updateAuthorization(server, without, id, { providerSecret: "sec_2" });
    expect(await accepted(changed)).toMatchObject({ providerSecret: null });
    expect(await find(id)).toMatchObject({ providerSecret: "sec_2" });
  });
});

describe("an authorization is refused", () => {
  const REFUSED: [string, string, Input][] = [
    ["REQUIRED", "amountInCents", { amountInCents: undefined }],
    ["REQUIRED", "amountInCents", { amountInCents: null }],
    ["OUT_OF_RANGE", "amountInCents", { amountInCents: -1 }],
    ["OUT_OF_RANGE", "depositInCents", { depositInCents: -1 }],
    ["OUT_OF_RANGE", "amountInCents", { amountInCents: 0, depositInCents: 0 }],
    ["OUT_OF_RANGE", "amountInCents", { amountInCents: MAX_AMOUNT }],
    ["INVALID", "mode", { mode: "CHECKOUT" }],
    ["REQUIRED", "paymentMethodId", { mode: "OFF_SESSION" }],
    ["TOO_LONG", "description", { description: "a".repeat(5_001) }],
    ["TOO_LONG", "providerId", { providerId: "a".repeat(256) }],
    ["TOO_LONG", "providerMethod", { providerMethod: "a".repeat(256) }],
    ["TOO_LONG", "providerSecret", { providerSecret: "a".repeat(4_097) }],
    ["INVALID", "description", { description: "\u0000" }],
    ["INVALID", "providerId", { providerId: "\u0000" }],
    ["INVALID", "providerMethod", { providerMethod: "\u0000" }],
    ["INVALID", "providerSecret", { providerSecret: "\u0000" }],
    ...UNKNOWN_IDS.flatMap((id): [string, string, Input][] => [
      ["NOT_FOUND", "orderId", { orderId: id }],
      ["NOT_FOUND", "customerId", { customerId: id }],
      ["NOT_FOUND", "paymentMethodId", { paymentMethodId: id }],
    ]),
  ];

  it.each(named(REFUSED))("with %s on %s, and nothing is written: %s", async (...row) => {
    const [code, field, , given] = row;
    const input = { amountInCents: 100, depositInCents: 50, ...given };
    expect(await refusalsOf(() => send(input))).toEqual([[code, field]]);
  });

  it("for another currency or customer than its order's, and a method of another customer", async () => {
    const customerId = await newCustomer();
    const orderId = await newOrder({ customerId });
    const stranger = await newCustomer();
    const paymentMethodId = await newMethod({ customerId: stranger });
    const rows: [string, string, Input][] = [
      ["CURRENCY_MISMATCH", "currency", { orderId, currency: "EUR" }],
      ["INVALID", "customerId", { orderId, customerId: stranger }],
      ["INVALID", "paymentMethodId", { orderId, paymentMethodId }],
      ["INVALID", "paymentMethodId", { customerId, paymentMethodId }],
    ];
    for (const [code, field, given] of rows) {
      expect(await refusalsOf(() => send({ amountInCents: 1, ...given }))).toEqual([[code, field]]);
    }
  });

  it("with all of its problems at once", async () => {
    const texts = { description: "a".repeat(5_001), providerId: "\u0000" };
    const ids = { orderId: newId(), customerId: newId(), paymentMethodId: "abc" };
    const input = { mode: "CHECKOUT", depositInCents: -1, ...texts, ...ids };
    expect((await refusals(send(input))).toSorted()).toEqual([
      ["INVALID", "mode"],
      ["INVALID", "providerId"],
      ["NOT_FOUND", "customerId"],
      ["NOT_FOUND", "orderId"],
      ["NOT_FOUND", "paymentMethodId"],
      ["OUT_OF_RANGE", "depositInCents"],
      ["REQUIRED", "amountInCents"],
      ["TOO_LONG", "description"],
    ]);
  });
});

describe("the status of an authorization", () => {
  const verdict = (from: Status, to: Status): string => {
    if (from === to) return "changes nothing";
    return NEXT[from].includes(to) ? "is allowed" : "is refused";
  };
  const PAIRS = STATUSES.flatMap((from) =>
    STATUSES.map((to) => [from, to, verdict(from, to)] as const),
  );

  it.each(PAIRS)("set from %s to %s %s", async (from, to, expected) => {
    const before = await create({ status: from });
    const outcome = await sendUpdate(before.id, { status: to });
    if (expected === "is refused") {
      expect(await refusals(outcome)).toEqual([["INVALID_TRANSITION", "status"]]);
    } else {
      const after = await accepted(outcome);
      const at = after.updatedAt;
      const changed = {
        ...before,
        // The captured amounts stay captured, and are not released.
        ...AMOUNTS[from === "CAPTURED" ? "CAPTURED" : to],
        ...timestampsOf(from, to),
        status: to,
        updatedAt: TIMESTAMP,
        statusHistory: { nodes: [...before.statusHistory.nodes, { from, to, at, employee: null }] },
      };
      expect(after).toEqual(from === to ? before : changed);
      expect(at > before.updatedAt).toBe(from !== to);
    }
    expect(await find(before.id)).toEqual(outcome.record ?? before);
  });

  it("keeps the timestamp of a status that it left, and updates it when the status is entered again", async () => {
    const first = await succeeded();
    const failed = await update(first.id, { status: "FAILED" });
    expect(failed.succeededAt).toBe(first.succeededAt);
    const again = await update(first.id, { status: "SUCCEEDED" });
    expect(again.failedAt).toBe(failed.failedAt);
    expect(again.succeededAt! > first.succeededAt!).toBe(true);
  });
});

describe("a capture", () => {
  it("by a charge created as SUCCEEDED captures its amounts and permanently releases the rest", async () => {
    const before = await succeeded({ captureBefore: FUTURE, provider: "APP", currency: "EUR" });
    const charge = await capture(before);
    expect(charge).toMatchObject({
      status: "SUCCEEDED",
      mode: "CAPTURE",
      provider: "APP",
      currency: "EUR",
      paymentAuthorizationId: before.id,
    });
    const after = await find(before.id);
    const at = after?.updatedAt;
    const change = { from: "SUCCEEDED", to: "CAPTURED", at, employee: null };
    expect(after).toEqual({
      ...before,
      status: "CAPTURED",
      capturable: false,
      ...amounts(NOTHING, [600, 200], [400, 300]),
      capturedAt: TIMESTAMP,
      updatedAt: TIMESTAMP,
      statusHistory: { nodes: [...before.statusHistory.nodes, change] },
    });
    expect(at! > before.updatedAt).toBe(true);
  });

  it("by an update happens when the charge succeeds", async () => {
    const before = await succeeded();
    const { id } = await accepted(sendCharge(capturing(before)));
    for (const status of ["STARTED", "PROCESSING", "FAILED"]) {
      await updateCharge(id, { status });
      expect(await find(before.id)).toEqual(before);
    }
    await updateCharge(id, { status: "SUCCEEDED" });
    expect(await find(before.id)).toMatchObject({
      status: "CAPTURED",
      ...amounts(NOTHING, [600, 200], [400, 300]),
    });
  });

  it("uses the mode and amounts that the same update sets with the success", async () => {
    const before = await succeeded();
    const { id } = await accepted(sendCharge(capturing(before, { mode: "REQUEST" })));
    await updateCharge(id, { mode: "CAPTURE", amountInCents: 700, status: "SUCCEEDED" });
    expect(await find(before.id)).toMatchObject(amounts(NOTHING, [700, 200], [300, 300]));
  });

  it("may include everything, or only the amount or the deposit", async () => {
    for (const captured of [ALL, [1_000, 0], [0, 500]] as const) {
      const before = await succeeded();
      const [amountInCents, depositInCents] = captured;
      await capture(before, { amountInCents, depositInCents });
      const released = [1_000 - amountInCents, 500 - depositInCents] as const;
      expect(await find(before.id)).toMatchObject(amounts(NOTHING, captured, released));
    }
  });

  it.each(["REQUEST", "MANUAL", "TERMINAL"])(
    "is not made by a charge with the mode %s that refers to the authorization",
    async (mode) => {
      const before = await succeeded();
      await capture(before, { mode });
      expect(await find(before.id)).toEqual(before);
    },
  );

  /** Tries to capture with a charge created as SUCCEEDED, and with one that is updated to it. */
  async function refusedCaptures(
    of: PaymentAuthorization,
    given: Input = {},
  ): Promise<[created: unknown, updated: unknown]> {
    const charge = await accepted(sendCharge(capturing(of, given)));
    const before = await find(of.id);
    const refused: [unknown, unknown] = [
      await refusalsOf(() => sendCharge(capturing(of, { status: "SUCCEEDED", ...given }))),
      await refusalsOf(() =>
        sendChargeUpdate(charge.id, { status: "SUCCEEDED", description: "never" }),
      ),
    ];
    expect(await find(of.id)).toEqual(before);
    expect(await payments.findCharge(server, merchant.token, charge.id)).toEqual(charge);
    return refused;
  }
  const NOT_CAPTURABLE = [
    [["NOT_CAPTURABLE", "paymentAuthorizationId"]],
    [["NOT_CAPTURABLE", "status"]],
  ];

  it.each(STATUSES.filter((status) => status !== "SUCCEEDED"))(
    "is refused while the authorization is %s",
    async (status) => {
      expect(await refusedCaptures(await create({ status }))).toEqual(NOT_CAPTURABLE);
    },
  );

  it("is refused from captureBefore on, in any status", async () => {
    const late = await succeeded({ captureBefore: PAST });
    expect(late).toMatchObject({ capturable: false, ...amounts(ALL, NOTHING, NOTHING) });
    expect(await refusedCaptures(late)).toEqual(NOT_CAPTURABLE);
    expect(await update(late.id, { captureBefore: FUTURE })).toMatchObject({ capturable: true });
    await capture(late);

    const shortened = await succeeded({ captureBefore: FUTURE });
    expect(await update(shortened.id, { captureBefore: PAST })).toMatchObject({
      capturable: false,
    });
    expect(await refusedCaptures(shortened)).toEqual(NOT_CAPTURABLE);
    expect(await update(shortened.id, { captureBefore: null })).toMatchObject({ capturable: true });
    await capture(shortened);
  });

  it.each<[string, Pair, string[]]>([
    ["amount", [1_001, 500], ["amountInCents"]],
    ["deposit", [0, 501], ["depositInCents"]],
    ["amount and deposit", [1_001, 501], ["amountInCents", "depositInCents"]],
  ])("of more %s than was authorized is refused", async (_, [amount, deposit], fields) => {
    const given = { amountInCents: amount, depositInCents: deposit };
    expect(await refusedCaptures(await succeeded(), given)).toEqual([
      fields.map((field) => ["EXCEEDS_CAPTURABLE", field]),
      [["EXCEEDS_CAPTURABLE", "status"]],
    ]);
  });

  it("is refused after another capture, even if the capturing charge has failed since", async () => {
    const before = await succeeded();
    const charge = await capture(before, { amountInCents: 1, depositInCents: 0 });
    expect(await refusedCaptures(before)).toEqual(NOT_CAPTURABLE);
    const captured = await find(before.id);
    await updateCharge(charge.id, { status: "FAILED" });
    expect(await find(before.id)).toEqual(captured);
    expect(await refusedCaptures(before)).toEqual(NOT_CAPTURABLE);
    await updateCharge(charge.id, { status: "SUCCEEDED" });
    expect(await find(before.id)).toEqual(captured);
  });

  it("is refused after the authorization was captured in full manually", async () => {
    const { id } = await succeeded();
    const captured = await update(id, { status: "CAPTURED" });
    expect(captured).toMatchObject({ ...AMOUNTS.CAPTURED, capturedAt: TIMESTAMP });
    expect(await refusedCaptures(captured)).toEqual(NOT_CAPTURABLE);
  });

  it("is permanent: an authorization that fails and succeeds again cannot be captured again", async () => {
    const before = await succeeded();
    await capture(before);
    const parts = amounts(NOTHING, [600, 200], [400, 300]);
    expect(await update(before.id, { status: "FAILED" })).toMatchObject(parts);
    const again = await update(before.id, { status: "SUCCEEDED" });
    expect(again).toMatchObject({
      capturable: false,
      ...parts,
    });
    expect(await refusedCaptures(again)).toEqual(NOT_CAPTURABLE);
  });
});

describe("the charges of an authorization", () => {
  it("are all charges that refer to it, whether they captured it or not", async () => {
    const [one, two] = [await succeeded(), await create()];
    const ids = [
      (await accepted(sendCharge(capturing(one)))).id,
      (await capture(one)).id,
      (await capture(one, { mode: "REQUEST" })).id,
    ];
    await accepted(sendCharge({ amountInCents: 1 }));
    const query = `query ($id: ID!) {
      paymentAuthorization(id: $id) { paymentCharges { nodes { id paymentAuthorization { id } } } }
    }`;
    interface Found {
      paymentAuthorization: { paymentCharges: { nodes: { id: string }[] } };
    }
    const chargesOf = async ({ id }: PaymentAuthorization): Promise<{ id: string }[]> =>
      (await server.ask<Found>(merchant.token, query, { id })).paymentAuthorization.paymentCharges
        .nodes;
    const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
    expect((await chargesOf(one)).toSorted(byId)).toEqual(
      ids.map((id) => ({ id, paymentAuthorization: { id: one.id } })).toSorted(byId),
    );
    expect(await chargesOf(two)).toEqual([]);
  });
});

describe("an update", () => {
  it("sets strings and captureBefore, clears them by null, and keeps omitted fields", async () => {
    const given = {
      description: "d",
      providerId: "i",
      providerMethod: "m",
      providerSecret: "s",
      captureBefore: FUTURE,
    };
    const before = await succeeded();
    const set = await update(before.id, given);
    expect(set).toEqual({ ...before, ...given, updatedAt: TIMESTAMP });
    expect(set.updatedAt > before.updatedAt).toBe(true);
    for (const field of Object.keys(given)) {
      const previous = await find(before.id);
      expect(await update(before.id, { [field]: null })).toEqual({
        ...previous,
        [field]: null,
        updatedAt: TIMESTAMP,
      });
    }
  });

  it("without changes keeps updatedAt and the history", async () => {
    const texts = { description: "d", providerId: "", providerSecret: "s" };
    const before = await succeeded({ ...texts, captureBefore: FUTURE });
    const present = { ...texts, status: "SUCCEEDED", captureBefore: FUTURE, providerMethod: null };
    for (const input of [{}, present]) expect(await update(before.id, input)).toEqual(before);
    expect(await find(before.id)).toEqual(before);
  });

  it.each<[string, string, Input]>([
    ["REQUIRED", "status", { status: null }],
    ["TOO_LONG", "description", { description: "a".repeat(5_001) }],
    ["TOO_LONG", "providerId", { providerId: "a".repeat(256) }],
    ["TOO_LONG", "providerMethod", { providerMethod: "a".repeat(256) }],
    ["TOO_LONG", "providerSecret", { providerSecret: "a".repeat(4_097) }],
    ["INVALID", "description", { description: "a\u0000" }],
    ["INVALID", "providerSecret", { providerSecret: "\u0000" }],
  ])("is refused as a whole with %s on %s", async (code, field, input) => {
    const before = await create();
    const outcome = sendUpdate(before.id, { captureBefore: FUTURE, ...input });
    expect(await refusals(outcome)).toEqual([[code, field]]);
    expect(await find(before.id)).toEqual(before);
  });

  it("is refused with all of its problems at once", async () => {
    const { id, createdAt } = await create({ status: "CAPTURED" });
    const before = await update(id, { description: "changed" });
    const texts = { description: "a".repeat(5_001), providerId: "\u0000", providerMethod: "fine" };
    const input = { status: "SUCCEEDED", expectedUpdatedAt: createdAt, ...texts };
    const secret = { providerSecret: "a".repeat(4_097) };
    expect((await refusals(sendUpdate(id, { ...input, ...secret }))).toSorted()).toEqual([
      ["INVALID", "providerId"],
      ["INVALID_TRANSITION", "status"],
      ["STALE", "expectedUpdatedAt"],
      ["TOO_LONG", "description"],
      ["TOO_LONG", "providerSecret"],
    ]);
    expect(await find(id)).toEqual(before);
  });

  it("is STALE for an outdated updatedAt, also after a capture", async () => {
    const before = await succeeded();
    const stale = { expectedUpdatedAt: before.updatedAt };
    await capture(before);
    for (const input of [{ description: "d" }, {}]) {
      expect(await refusals(sendUpdate(before.id, { ...input, ...stale }))).toEqual([
        ["STALE", "expectedUpdatedAt"],
      ]);
    }
    const now = await find(before.id);
    await update(before.id, { description: "d", expectedUpdatedAt: now?.updatedAt });
    await update(before.id, { description: "e", expectedUpdatedAt: null });
  });

  it.each(UNKNOWN_IDS)("of %j, which is not an authorization, is NOT_FOUND", async (id) => {
    const variables = { id, input: { description: "d" } };
    const answer = await server.send(merchant.token, payments.UPDATE_AUTHORIZATION, variables);
    expect(answer.status).toBe(404);
    expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(["NOT_FOUND"]);
    expect(await find(id)).toBeNull();
  });
});

describe("an idempotency key", () => {
  beforeEach(async () => {
    merchant = await server.createMerchant();
  });

  it("returns the same authorization in its current state for the same input", async () => {
    const idempotencyKey = randomUUID();
    const { id } = await succeeded({ idempotencyKey, providerSecret: "s" });
    const again = { idempotencyKey: idempotencyKey.toUpperCase(), description: null };
    expect(await succeeded({ ...again, providerSecret: "s" })).toEqual(await find(id));
    await capture((await find(id))!);
    const now = await find(id);
    expect(now).toMatchObject({ status: "CAPTURED" });
    expect(await succeeded({ ...again, providerSecret: "s" })).toEqual(now);
    expect(await count()).toMatchObject({ paymentAuthorizations: { totalCount: 1 } });
  });

  it.each<[string, Input]>([
    ["amount", { amountInCents: 999 }],
    ["mode", { mode: "TERMINAL" }],
    ["status", { status: "STARTED" }],
    ["captureBefore", { captureBefore: FUTURE }],
    ["secret", { providerSecret: "t" }],
  ])("is refused with another %s", async (_, changed) => {
    const idempotencyKey = randomUUID();
    await create({ idempotencyKey, providerSecret: "s" });
    const input = { idempotencyKey, amountInCents: 1_000, depositInCents: 500, ...changed };
    expect(await refusalsOf(() => send({ providerSecret: "s", ...input }))).toEqual([
      ["IDEMPOTENCY_KEY_REUSED", "idempotencyKey"],
    ]);
  });

  it("is not consumed by a refused input, and belongs to the merchant", async () => {
    const idempotencyKey = randomUUID();
    await refusals(send({ idempotencyKey, amountInCents: -1 }));
    const here = await create({ idempotencyKey });
    merchant = await server.createMerchant();
    expect((await create({ idempotencyKey })).id).not.toBe(here.id);
  });
});
