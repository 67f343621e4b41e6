import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import * as payments from "../support/payments.js";
import {
  type PaymentCharge,
  type PaymentOutcome,
  type PaymentRefund,
  accepted,
  refusals,
} from "../support/payments.js";
import { type TestMerchant, TestServer, made } from "../support/server.js";

const TIMESTAMP = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string;
const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
const MAX_AMOUNT = 9_007_199_254_740_991;
const UNKNOWN_IDS = [newId(), "", "abc", "\u0000", "9".repeat(40)];

const STATUSES = [
  "CREATED",
  "PENDING",
  "ACTION_REQUIRED",
  "SUCCEEDED",
  "FAILED",
  "CANCELED",
  "EXPIRED",
] as const;
type Status = (typeof STATUSES)[number];
/** The allowed transitions from each status. */
const NEXT: Record<Status, readonly Status[]> = {
  CREATED: ["PENDING", "CANCELED", "SUCCEEDED", "FAILED"],
  PENDING: ["ACTION_REQUIRED", "SUCCEEDED", "FAILED"],
  ACTION_REQUIRED: ["PENDING", "CANCELED", "SUCCEEDED", "FAILED"],
  SUCCEEDED: ["FAILED", "CANCELED"],
  FAILED: ["PENDING", "SUCCEEDED"],
  CANCELED: ["SUCCEEDED", "FAILED"],
  EXPIRED: [],
};
const COUNTING: readonly Status[] = ["CREATED", "PENDING", "ACTION_REQUIRED", "SUCCEEDED"];

const NO_TIMESTAMPS = { succeededAt: null, failedAt: null, canceledAt: null, expiredAt: null };
const TIMESTAMP_OF: Partial<Record<Status, keyof typeof NO_TIMESTAMPS>> = {
  SUCCEEDED: "succeededAt",
  FAILED: "failedAt",
  CANCELED: "canceledAt",
  EXPIRED: "expiredAt",
};

/** The timestamps of a refund that has had only these statuses. */
function timestampsOf(...statuses: Status[]): object {
  const reached = statuses.flatMap((status) => TIMESTAMP_OF[status] ?? []);
  return { ...NO_TIMESTAMPS, ...Object.fromEntries(reached.map((field) => [field, TIMESTAMP])) };
}

type Input = Record<string, unknown>;

/** Table rows: error code, path, the start of the refused input as a label, and that input. */
const named = (rows: [string, string, Input][]): [string, string, string, Input][] =>
  rows.map(([code, field, given]) => [code, field, JSON.stringify(given).slice(0, 60), given]);

let server: TestServer;
let merchant: TestMerchant;
/** The merchant of all tests that do not need one of their own. */
let merchantOfFile: TestMerchant;
let charge: PaymentCharge;

beforeAll(async () => {
  server = await TestServer.start();
  merchantOfFile = await server.createMerchant();
});

afterAll(() => server.stop());

beforeEach(async () => {
  merchant = merchantOfFile;
  charge = await charged();
});

/** Creates a succeeded Stripe charge of 1,000 with deposit 500. The given fields override these. */
function charged(given: Input = {}): Promise<PaymentCharge> {
  const input = { status: "SUCCEEDED", amountInCents: 1_000, depositInCents: 500, ...given };
  return accepted(payments.createCharge(server, merchant.token, input));
}

const send = (input: Input): Promise<PaymentOutcome<PaymentRefund>> =>
  payments.createRefund(server, merchant.token, input);
const create = (input: Input): Promise<PaymentRefund> => accepted(send(input));
const sendUpdate = (id: string, input: Input): Promise<PaymentOutcome<PaymentRefund>> =>
  payments.updateRefund(server, merchant.token, id, input);
const update = (id: string, input: Input): Promise<PaymentRefund> =>
  accepted(sendUpdate(id, input));
const find = (id: string): Promise<PaymentRefund | null> =>
  payments.findRefund(server, merchant.token, id);

/** A refund of the charge. */
const refund = (given: Input = {}): Promise<PaymentRefund> =>
  create({ paymentChargeId: charge.id, amountInCents: 100, ...given });
/** A refund without a charge, which can have any status. */
const alone = (given: Input = {}): Promise<PaymentRefund> =>
  create({ provider: "NONE", amountInCents: 100, ...given });

async function countRefunds(): Promise<number> {
  const query = "{ paymentRefunds { totalCount } }";
  const data = await server.ask<{ paymentRefunds: { totalCount: number } }>(merchant.token, query);
  return data.paymentRefunds.totalCount;
}

/** Expects that an input is refused, and that it created and changed no record. */
async function refusalsOf(input: Input): Promise<[string, string][]> {
  const before = [await countRefunds(), await chargeNow()];
  const refused = await refusals(send(input));
  expect([await countRefunds(), await chargeNow()]).toEqual(before);
  return refused;
}

async function chargeNow(): Promise<PaymentCharge> {
  const found = await payments.findCharge(server, merchant.token, charge.id);
  expect(found).not.toBeNull();
  return found!;
}

function newCustomer(): Promise<payments.Customer> {
  return accepted(payments.createCustomer(server, merchant.token, { name: "A customer" }));
}

function newOrder(given: Input = {}): Promise<payments.Order> {
  return accepted(payments.createOrder(server, merchant.token, given));
}

describe("a new refund", () => {
  it("has its charge's provider, currency, order and customer, and is CREATED", async () => {
    const customerId = (await newCustomer()).id;
    const orderId = (await newOrder({ customerId, currency: "EUR" })).id;
    charge = await charged({ orderId, provider: "APP" });
    const made = await refund({ reason: "too small", providerId: "re_1", providerMethod: "card" });
    expect(made).toEqual({
      id: UUID,
      createdAt: TIMESTAMP,
      updatedAt: made.createdAt,
      status: "CREATED",
      provider: "APP",
      amountInCents: 100,
      depositInCents: 0,
      totalInCents: 100,
      currency: "EUR",
      description: null,
      reason: "too small",
      failureReason: null,
      providerId: "re_1",
      providerMethod: "card",
      ...{ reference: null, metadata: [] },
      ...NO_TIMESTAMPS,
      employeeId: null,
      orderId,
      customerId,
      paymentChargeId: charge.id,
      statusHistory: { nodes: [{ from: null, to: "CREATED", at: made.createdAt, employee: null }] },
    });
    expect(await find(made.id)).toEqual(made);
  });

  it("may name the provider, currency, order and customer that its charge has", async () => {
    const customerId = (await newCustomer()).id;
    const orderId = (await newOrder({ customerId })).id;
    charge = await charged({ orderId });
    const named = { provider: "STRIPE", currency: "usd", orderId, customerId };
    expect(await refund(named)).toMatchObject({ ...named, currency: "USD" });
  });

  it("has the customer who was charged, even if the order has another one now", async () => {
    const customerId = (await newCustomer()).id;
    const orderId = (await newOrder({ customerId })).id;
    charge = await charged({ orderId });
    const another = { customerId: (await newCustomer()).id };
    await accepted(payments.updateOrder(server, merchant.token, orderId, another));
    for (const named of [{}, { customerId }, { orderId, customerId }]) {
      expect(await refund(named)).toMatchObject({ orderId, customerId });
    }
  });

  it.each(["STRIPE", "APP", "NONE"])(
    "with the provider NONE succeeds immediately, for a charge by %s",
    async (provider) => {
      charge = await charged({ provider });
      expect(await refund({ provider: "NONE" })).toMatchObject({
        status: "SUCCEEDED",
        provider: "NONE",
        ...timestampsOf("SUCCEEDED"),
        statusHistory: { nodes: [{ from: null, to: "SUCCEEDED" }] },
      });
    },
  );

  it("of a charge with the provider NONE has it by default, and succeeds immediately", async () => {
    charge = await charged({ provider: "NONE", mode: "MANUAL" });
    expect(await refund()).toMatchObject({ status: "SUCCEEDED", provider: "NONE" });
  });

  it.each(STATUSES)(
    "may be created as %s, also with the provider NONE, with only that status's timestamp",
    async (status) => {
      for (const provider of ["STRIPE", "NONE"]) {
        const made = await refund({ provider, status });
        expect(made).toMatchObject({
          status,
          ...timestampsOf(status),
          statusHistory: {
            nodes: [{ from: null, to: status, at: made.createdAt, employee: null }],
          },
        });
      }
    },
  );

  it("treats null like an omitted field", async () => {
    const optional = ["status", "provider", "depositInCents", "currency", "description", "reason"];
    const more = ["providerId", "providerMethod", "orderId", "customerId", "idempotencyKey"];
    const nulls = Object.fromEntries([...optional, ...more].map((field) => [field, null]));
    const { id, createdAt, updatedAt, statusHistory, ...made } = await refund(nulls);
    expect(await refund()).toMatchObject(made);
    expect([id, createdAt, statusHistory.nodes.length]).toEqual([UUID, updatedAt, 1]);
  });

  it("has the token's employee, as do its status changes", async () => {
    const employeeId = await newEmployee();
    const { token } = merchant;
    merchant = {
      ...merchant,
      token: await server.createToken({ merchantId: merchant.id, employeeId }),
    };
    const { id } = await refund();
    await update(id, { status: "PENDING" });
    merchant = { ...merchant, token };
    expect(await update(id, { status: "SUCCEEDED" })).toMatchObject({
      employeeId,
      statusHistory: {
        nodes: [
          { to: "CREATED", employee: { id: employeeId } },
          { to: "PENDING", employee: { id: employeeId } },
          { to: "SUCCEEDED", employee: null },
        ],
      },
    });
  });

  it("stores strings up to their limits, counted in characters, and empty ones", async () => {
    const long = "😀".repeat(5_000);
    const short = "😀".repeat(255);
    const texts = { description: long, reason: long, providerId: short, providerMethod: "" };
    expect(await refund(texts)).toMatchObject(texts);
  });
});

async function newEmployee(): Promise<string> {
  const employee = { merchantId: merchant.id, name: "E", email: `e-${newId()}@example.com` };
  return made(await server.app.services.employees.create(employee)).id;
}

describe("a refund of no charge", () => {
  it("succeeds immediately with the provider NONE, in the merchant's currency", async () => {
    const euro = made(
      await server.app.services.merchants.create({ name: "M", defaultCurrency: "EUR" }),
    );
    merchant = { id: euro.id, token: await server.createToken({ merchantId: euro.id }) };
    expect(await alone()).toMatchObject({
      status: "SUCCEEDED",
      currency: "EUR",
      paymentChargeId: null,
      orderId: null,
      customerId: null,
    });
    expect(await alone({ currency: "JPY" })).toMatchObject({ currency: "JPY" });
  });

  it("has its order's currency and customer", async () => {
    const customerId = (await newCustomer()).id;
    const orderId = (await newOrder({ customerId, currency: "JPY" })).id;
    expect(await alone({ orderId })).toMatchObject({ orderId, customerId, currency: "JPY" });
  });

  it("may have a customer without an order, or with an order that has none", async () => {
    const customerId = (await newCustomer()).id;
    const orderId = (await newOrder()).id;
    expect(await alone({ customerId })).toMatchObject({ customerId, orderId: null });
    expect(await alone({ customerId, orderId })).toMatchObject({ customerId, orderId });
  });

  it("is refused without provider NONE, with another currency or customer than its order's", async () => {
    const customerId = (await newCustomer()).id;
    const orderId = (await newOrder({ customerId })).id;
    for (const provider of [undefined, "STRIPE", "APP"]) {
      expect(await refusalsOf({ amountInCents: 1, provider })).toEqual([
        ["REQUIRED", "paymentChargeId"],
      ]);
    }
    const stranger = (await newCustomer()).id;
    const input = { provider: "NONE", amountInCents: 1, orderId };
    expect(await refusalsOf({ ...input, currency: "EUR" })).toEqual([
      ["CURRENCY_MISMATCH", "currency"],
    ]);
    expect(await refusalsOf({ ...input, customerId: stranger })).toEqual([
      ["INVALID", "customerId"],
    ]);
  });
});

describe("a refund is refused", () => {
  const LONG = "a".repeat(5_001);
  const LONG_NAME = "a".repeat(256);

  const REFUSED: [string, string, Input][] = [
    ["REQUIRED", "amountInCents", { amountInCents: undefined }],
    ["REQUIRED", "amountInCents", { amountInCents: null, depositInCents: 5 }],
    ["OUT_OF_RANGE", "amountInCents", { amountInCents: -1, depositInCents: 5 }],
    ["OUT_OF_RANGE", "depositInCents", { depositInCents: -1 }],
    ["OUT_OF_RANGE", "amountInCents", { amountInCents: 0 }],
    ["OUT_OF_RANGE", "amountInCents", { amountInCents: 0, depositInCents: 0 }],
    ["CURRENCY_MISMATCH", "currency", { currency: "EUR" }],
    ["PROVIDER_MISMATCH", "provider", { provider: "APP" }],
    ["EXCEEDS_REFUNDABLE", "amountInCents", { amountInCents: 1_001 }],
    ["EXCEEDS_REFUNDABLE", "depositInCents", { amountInCents: 0, depositInCents: 501 }],
    ["TOO_LONG", "description", { description: LONG }],
    ["TOO_LONG", "reason", { reason: LONG }],
    ["TOO_LONG", "providerId", { providerId: LONG_NAME }],
    ["TOO_LONG", "providerMethod", { providerMethod: LONG_NAME }],
    ["INVALID", "description", { description: "a\u0000" }],
    ["INVALID", "reason", { reason: "\u0000" }],
    ["INVALID", "providerId", { providerId: "\u0000a" }],
    ["INVALID", "providerMethod", { providerMethod: "\u0000" }],
    ...UNKNOWN_IDS.flatMap((id): [string, string, Input][] => [
      ["NOT_FOUND", "paymentChargeId", { paymentChargeId: id }],
      ["NOT_FOUND", "orderId", { orderId: id }],
      ["NOT_FOUND", "customerId", { customerId: id }],
    ]),
  ];

  it.each(named(REFUSED))("with %s on %s, and nothing is written: %s", async (...row) => {
    const [code, field, , given] = row;
    const input = { paymentChargeId: charge.id, amountInCents: 100, ...given };
    expect(await refusalsOf(input)).toEqual([[code, field]]);
  });

  it("with OUT_OF_RANGE on amountInCents when the total exceeds 2^53-1", async () => {
    const input = { provider: "NONE", amountInCents: MAX_AMOUNT, depositInCents: 1 };
    expect(await refusalsOf(input)).toEqual([["OUT_OF_RANGE", "amountInCents"]]);
    expect(await alone({ amountInCents: MAX_AMOUNT })).toMatchObject({ totalInCents: MAX_AMOUNT });
  });

  it.each(["CREATED", "STARTED", "ACTION_REQUIRED", "PROCESSING", "FAILED", "CANCELED", "EXPIRED"])(
    "with NOT_REFUNDABLE when its charge is %s",
    async (status) => {
      charge = await charged({ status });
      for (const provider of ["STRIPE", "NONE"]) {
        const input = { paymentChargeId: charge.id, amountInCents: 1, provider };
        expect(await refusalsOf(input)).toEqual([["NOT_REFUNDABLE", "paymentChargeId"]]);
      }
    },
  );

  it("with INVALID for another order or customer than its charge's", async () => {
    const customerId = (await newCustomer()).id;
    charge = await charged({ orderId: (await newOrder({ customerId })).id });
    const input = { paymentChargeId: charge.id, amountInCents: 1 };
    const [order, customer] = [await newOrder({ customerId }), await newCustomer()];
    expect(await refusalsOf({ ...input, orderId: order.id })).toEqual([["INVALID", "orderId"]]);
    expect(await refusalsOf({ ...input, customerId: customer.id })).toEqual([
      ["INVALID", "customerId"],
    ]);
  });

  it("with INVALID for an order or a customer when its charge has none", async () => {
    const input = { paymentChargeId: charge.id, amountInCents: 1 };
    for (const [field, { id }] of [
      ["orderId", await newOrder()],
      ["customerId", await newCustomer()],
    ] as const) {
      expect(await refusalsOf({ ...input, [field]: id })).toEqual([["INVALID", field]]);
    }
  });

  it("with all of its problems at once", async () => {
    const texts = { description: LONG, reason: "\u0000", providerId: LONG_NAME };
    const input = { paymentChargeId: charge.id, provider: "APP", ...texts };
    const always = [
      ["INVALID", "reason"],
      ["PROVIDER_MISMATCH", "provider"],
      ["TOO_LONG", "description"],
      ["TOO_LONG", "providerId"],
    ];
    const amounts = { amountInCents: 1_001, depositInCents: 501 };
    expect((await refusalsOf({ ...input, ...amounts })).toSorted()).toEqual([
      ["EXCEEDS_REFUNDABLE", "amountInCents"],
      ["EXCEEDS_REFUNDABLE", "depositInCents"],
      ...always,
    ]);
    const others = { amountInCents: -1, depositInCents: -1, currency: "EUR" };
    const ids = { orderId: newId(), customerId: newId() };
    expect((await refusalsOf({ ...input, ...others, ...ids })).toSorted()).toEqual(
      [
        ["CURRENCY_MISMATCH", "currency"],
        ["NOT_FOUND", "customerId"],
        ["NOT_FOUND", "orderId"],
        ["OUT_OF_RANGE", "amountInCents"],
        ["OUT_OF_RANGE", "depositInCents"],
        ...always,
      ].toSorted(),
    );
  });
});

describe("the refundable amount of a charge", () => {
  const tooMuch = (amountInCents: number, depositInCents: number): Promise<[string, string][]> =>
    refusalsOf({ paymentChargeId: charge.id, amountInCents, depositInCents });
  const AMOUNT = ["EXCEEDS_REFUNDABLE", "amountInCents"];
  const DEPOSIT = ["EXCEEDS_REFUNDABLE", "depositInCents"];

  it.each(COUNTING)(
    "is reduced by a refund that is %s, separately for amount and deposit",
    async (status) => {
      await refund({ status, amountInCents: 400, depositInCents: 200 });
      expect(await tooMuch(601, 0)).toEqual([AMOUNT]);
      expect(await tooMuch(0, 301)).toEqual([DEPOSIT]);
      expect(await tooMuch(601, 301)).toEqual([AMOUNT, DEPOSIT]);
      await refund({ amountInCents: 600, depositInCents: 300 });
      expect(await tooMuch(1, 0)).toEqual([AMOUNT]);
      expect(await tooMuch(0, 1)).toEqual([DEPOSIT]);
    },
  );

  it.each(["FAILED", "CANCELED", "EXPIRED"] as const)(
    "is not reduced by a refund that is %s",
    async (status) => {
      await refund({ status, amountInCents: 1_000, depositInCents: 500 });
      expect(await refund({ amountInCents: 1_000, depositInCents: 500 })).toMatchObject({
        totalInCents: 1_500,
      });
    },
  );

  it.each(
    COUNTING.flatMap((from) =>
      NEXT[from].filter((to) => !COUNTING.includes(to)).map((to) => [from, to] as const),
    ),
  )("increases when a refund changes from %s to %s", async (from, to) => {
    const { id } = await refund({ status: from, amountInCents: 1_000, depositInCents: 500 });
    expect(await tooMuch(1, 1)).toEqual([AMOUNT, DEPOSIT]);
    await update(id, { status: to });
    await refund({ amountInCents: 1_000, depositInCents: 500 });
  });

  const COMING_BACK = STATUSES.filter((from) => !COUNTING.includes(from)).flatMap((from) =>
    NEXT[from].filter((to) => COUNTING.includes(to)).map((to) => [from, to] as const),
  );

  it.each(COMING_BACK)(
    "is checked and reduced again when a refund changes from %s to %s",
    async (from, to) => {
      const { id } = await refund({ status: from, amountInCents: 1_000 });
      await update(id, { status: to });
      expect(await tooMuch(1, 0)).toEqual([AMOUNT]);
    },
  );

  it.each(COMING_BACK)(
    "refuses a change of a refund from %s to %s that exceeds it, or if the charge has FAILED",
    async (from, to) => {
      const stored = [
        await refund({ status: from, amountInCents: 1_000 }),
        await refund({ status: from, amountInCents: 0, depositInCents: 500 }),
      ];
      const other = await refund({ amountInCents: 1, depositInCents: 1 });
      for (const { id } of stored) {
        expect(await refusals(sendUpdate(id, { status: to, description: "no" }))).toEqual([
          ["EXCEEDS_REFUNDABLE", "status"],
        ]);
      }
      await update(other.id, { status: "FAILED" });
      await accepted(
        payments.updateCharge(server, merchant.token, charge.id, { status: "FAILED" }),
      );
      for (const made of stored) {
        expect(await refusals(sendUpdate(made.id, { status: to }))).toEqual([
          ["NOT_REFUNDABLE", "status"],
        ]);
        expect(await find(made.id)).toEqual(made);
      }
    },
  );

  it("is exact up to 2^53-1", async () => {
    charge = await charged({ amountInCents: MAX_AMOUNT - 1, depositInCents: 1 });
    await refund({ provider: "NONE", amountInCents: MAX_AMOUNT - 2 });
    expect(await chargeNow()).toMatchObject({
      amountRefundedInCents: MAX_AMOUNT - 2,
      totalRefundedInCents: MAX_AMOUNT - 2,
      amountRefundableInCents: 1,
      totalRefundableInCents: 2,
    });
    expect(await tooMuch(2, 1)).toEqual([AMOUNT]);
    await refund({ provider: "NONE", amountInCents: 1, depositInCents: 1 });
    expect(await chargeNow()).toMatchObject({ totalRefundedInCents: MAX_AMOUNT });
  });
});

describe("a charge", () => {
  /** The refunded amounts of the charge, and the values derived from them. */
  async function expectRefunded(amount: number, deposit: number): Promise<PaymentCharge> {
    const now = await chargeNow();
    expect(now).toMatchObject({
      status: "SUCCEEDED",
      refundable: amount + deposit < 1_500,
      amountRefundedInCents: amount,
      depositRefundedInCents: deposit,
      totalRefundedInCents: amount + deposit,
      amountRefundableInCents: 1_000 - amount,
      depositRefundableInCents: 500 - deposit,
      totalRefundableInCents: 1_500 - amount - deposit,
    });
    expect(now.statusHistory).toEqual(charge.statusHistory);
    return now;
  }

  it("has the correct refunded and refundable amounts after each step of its refunds", async () => {
    expect(await expectRefunded(0, 0)).toEqual(charge);
    const first = await refund({ amountInCents: 300, depositInCents: 100 });
    await update(first.id, { status: "PENDING" });
    await expectRefunded(0, 0);
    await update(first.id, { status: "SUCCEEDED" });
    await expectRefunded(300, 100);
    await refund({ provider: "NONE", amountInCents: 700 });
    await expectRefunded(1_000, 100);
    const last = await refund({ provider: "NONE", amountInCents: 0, depositInCents: 400 });
    await expectRefunded(1_000, 500);
    await update(last.id, { status: "CANCELED" });
    await expectRefunded(1_000, 100);
    await update(first.id, { status: "FAILED" });
    await expectRefunded(700, 0);
    await update(first.id, { status: "SUCCEEDED" });
    await update(last.id, { status: "SUCCEEDED" });
    await expectRefunded(1_000, 500);
  });

  it("has a later updatedAt exactly if its refunded amounts change", async () => {
    const { id } = await refund({ amountInCents: 300 });
    expect(await chargeNow()).toEqual(charge);
    await update(id, { status: "PENDING" });
    expect(await chargeNow()).toEqual(charge);
    let { updatedAt } = charge;
    for (const status of ["SUCCEEDED", "FAILED", "SUCCEEDED"]) {
      await update(id, { status });
      const now = await chargeNow();
      expect(now.updatedAt > updatedAt).toBe(true);
      ({ updatedAt } = now);
    }
    await refund({ provider: "NONE" });
    expect((await chargeNow()).updatedAt > updatedAt).toBe(true);
  });

  it("lists its own refunds, whatever their status", async () => {
    const ids = [];
    for (const status of STATUSES) ids.push((await refund({ status, amountInCents: 1 })).id);
    await alone();
    const query = `query ($id: ID!) {
      paymentCharge(id: $id) { paymentRefunds { nodes { id paymentCharge { id } } totalCount } }
    }`;
    const nodes = ids.toReversed().map((id) => ({ id, paymentCharge: { id: charge.id } }));
    expect(await server.ask(merchant.token, query, { id: charge.id })).toEqual({
      paymentCharge: { paymentRefunds: { nodes, totalCount: STATUSES.length } },
    });
  });
});

describe("the status of a refund", () => {
  const verdict = (from: Status, to: Status): string => {
    if (from === to) return "changes nothing";
    return NEXT[from].includes(to) ? "is allowed" : "is refused";
  };
  const PAIRS = STATUSES.flatMap((from) =>
    STATUSES.map((to) => [from, to, verdict(from, to)] as const),
  );

  it.each(PAIRS)("set from %s to %s %s", async (from, to, expected) => {
    const before = await alone({ status: from });
    const outcome = await sendUpdate(before.id, { status: to });
    if (expected === "is refused") {
      expect(await refusals(outcome)).toEqual([["INVALID_TRANSITION", "status"]]);
    } else {
      const after = await accepted(outcome);
      const at = after.updatedAt;
      const changed = {
        ...before,
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
    const first = await alone({ status: "FAILED" });
    const succeeded = await update(first.id, { status: "SUCCEEDED" });
    expect(succeeded.failedAt).toBe(first.failedAt);
    const again = await update(first.id, { status: "FAILED" });
    expect(again.succeededAt).toBe(succeeded.succeededAt);
    expect(again.failedAt! > first.failedAt!).toBe(true);
  });
});

describe("an update", () => {
  it("sets strings, clears them by null, and keeps omitted fields", async () => {
    const texts = {
      description: "d",
      reason: "r",
      failureReason: "f",
      providerId: "i",
      providerMethod: "m",
    };
    const before = await alone();
    const set = await update(before.id, texts);
    expect(set).toEqual({ ...before, ...texts, updatedAt: TIMESTAMP });
    expect(set.updatedAt > before.updatedAt).toBe(true);
    for (const field of Object.keys(texts)) {
      const previous = await find(before.id);
      expect(await update(before.id, { [field]: null })).toEqual({
        ...previous,
        [field]: null,
        updatedAt: TIMESTAMP,
      });
    }
  });

  it("without changes keeps updatedAt and the history", async () => {
    const before = await alone({ description: "d", reason: "", providerId: "i" });
    const { status, description, reason, failureReason, providerId, providerMethod } = before;
    const present = { status, description, reason, failureReason, providerId, providerMethod };
    for (const input of [{}, present]) expect(await update(before.id, input)).toEqual(before);
    expect(await find(before.id)).toEqual(before);
  });

  it.each<[string, string, Input]>([
    ["REQUIRED", "status", { status: null }],
    ["TOO_LONG", "description", { description: "a".repeat(5_001) }],
    ["TOO_LONG", "reason", { reason: "a".repeat(5_001) }],
    ["TOO_LONG", "failureReason", { failureReason: "a".repeat(5_001) }],
    ["TOO_LONG", "providerId", { providerId: "a".repeat(256) }],
    ["TOO_LONG", "providerMethod", { providerMethod: "a".repeat(256) }],
    ["INVALID", "failureReason", { failureReason: "\u0000" }],
  ])("is refused as a whole with %s on %s", async (code, field, input) => {
    const before = await alone();
    const other = field === "reason" ? { description: "other" } : { reason: "other" };
    expect(await refusals(sendUpdate(before.id, { ...other, ...input }))).toEqual([[code, field]]);
    expect(await find(before.id)).toEqual(before);
  });

  it("is refused with all of its problems at once", async () => {
    const { id, createdAt } = await alone({ status: "PENDING" });
    await update(id, { reason: "changed" });
    const input = { status: "CANCELED", reason: "\u0000", providerId: "a".repeat(256) };
    const refused = await refusals(sendUpdate(id, { ...input, expectedUpdatedAt: createdAt }));
    expect(refused.toSorted()).toEqual([
      ["INVALID", "reason"],
      ["INVALID_TRANSITION", "status"],
      ["STALE", "expectedUpdatedAt"],
      ["TOO_LONG", "providerId"],
    ]);
  });

  it("is STALE for an outdated updatedAt, even if it changes nothing", async () => {
    const before = await alone();
    const after = await update(before.id, { reason: "r", expectedUpdatedAt: before.updatedAt });
    for (const input of [{ reason: "again" }, { reason: "r" }, {}]) {
      const outcome = sendUpdate(before.id, { ...input, expectedUpdatedAt: before.updatedAt });
      expect(await refusals(outcome)).toEqual([["STALE", "expectedUpdatedAt"]]);
    }
    expect(await find(before.id)).toEqual(after);
    await update(before.id, { reason: "again", expectedUpdatedAt: null });
  });

  it.each(UNKNOWN_IDS)("of %j, which is not a refund, is NOT_FOUND", async (id) => {
    const variables = { id, input: { reason: "r" } };
    const answer = await server.send(merchant.token, payments.UPDATE_REFUND, variables);
    expect(answer.status).toBe(404);
    expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(["NOT_FOUND"]);
    expect(await find(id)).toBeNull();
  });
});

describe("an idempotency key", () => {
  beforeEach(async () => {
    merchant = await server.createMerchant();
    charge = await charged();
  });

  const keyed = (idempotencyKey: string, given: Input = {}): Input => ({
    idempotencyKey,
    paymentChargeId: charge.id,
    amountInCents: 1_000,
    ...given,
  });

  it("returns the same refund in its current state for the same input, even if nothing is refundable", async () => {
    const key = randomUUID();
    const { id } = await create(keyed(key));
    expect(await create(keyed(key.toUpperCase(), { reason: null }))).toEqual(await find(id));
    const now = await update(id, { status: "SUCCEEDED", reason: "r" });
    expect(await create(keyed(key))).toEqual(now);
    expect(await countRefunds()).toBe(1);
    expect(await chargeNow()).toMatchObject({ amountRefundedInCents: 1_000 });
  });

  it.each<[string, Input]>([
    ["amount", { amountInCents: 999 }],
    ["deposit", { depositInCents: 1 }],
    ["provider", { provider: "NONE" }],
    ["text", { reason: "r" }],
  ])("is refused with another %s", async (_, changed) => {
    const key = randomUUID();
    await create(keyed(key));
    expect(await refusalsOf(keyed(key, changed))).toEqual([
      ["IDEMPOTENCY_KEY_REUSED", "idempotencyKey"],
    ]);
  });

  it("is not consumed by a refused input", async () => {
    const key = randomUUID();
    await refusalsOf(keyed(key, { amountInCents: 1_001 }));
    expect(await create(keyed(key))).toMatchObject({ amountInCents: 1_000 });
  });

  it("belongs to the merchant and the operation", async () => {
    const key = randomUUID();
    await charged({ idempotencyKey: key });
    const here = await alone({ idempotencyKey: key });
    merchant = await server.createMerchant();
    expect((await alone({ idempotencyKey: key })).id).not.toBe(here.id);
  });
});
