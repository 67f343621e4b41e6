import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import {
  type PaymentAuthorization,
  type PaymentCharge,
  UPDATE_CHARGE,
  accepted,
  createAuthorization,
  createCharge,
  createCustomer,
  createMethod,
  createOrder,
  createRefund,
  findAuthorization,
  findCharge,
  refusals,
  updateAuthorization,
  updateCharge,
} from "../support/payments.js";
import { TestServer, made } from "../support/server.js";

type Input = Record<string, unknown>;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const MAX = 9_007_199_254_740_991;
const PAST = "2024-12-02T09:22:04.475339Z";
const UNKNOWN_ID = "01988f7a-d22b-7c3d-977f-27af99c2a5a5";
const LONGEST = { description: 5_000, providerId: 255, providerMethod: 255, providerSecret: 4_096 };

const STATUSES = [
  "CREATED",
  "STARTED",
  "ACTION_REQUIRED",
  "PROCESSING",
  "SUCCEEDED",
  "FAILED",
  "CANCELED",
  "EXPIRED",
] as const;
type Status = (typeof STATUSES)[number];

const ENDS = ["SUCCEEDED", "FAILED", "EXPIRED", "CANCELED"] as const;
const TRANSITIONS: Record<Status, readonly Status[]> = {
  CREATED: ["STARTED", "ACTION_REQUIRED", ...ENDS],
  STARTED: ["CREATED", "ACTION_REQUIRED", "PROCESSING", ...ENDS],
  ACTION_REQUIRED: ["CREATED", "STARTED", "PROCESSING", ...ENDS],
  PROCESSING: ["SUCCEEDED", "FAILED", "ACTION_REQUIRED", "CANCELED"],
  SUCCEEDED: ["FAILED"],
  FAILED: ["CREATED", "STARTED", "SUCCEEDED"],
  CANCELED: ["SUCCEEDED", "FAILED"],
  EXPIRED: ["SUCCEEDED", "FAILED"],
};
const TIME_OF: Partial<Record<Status, "succeededAt" | "failedAt" | "canceledAt" | "expiredAt">> = {
  SUCCEEDED: "succeededAt",
  FAILED: "failedAt",
  CANCELED: "canceledAt",
  EXPIRED: "expiredAt",
};

let server: TestServer;
let token: string;
let otherToken: string;
let employeeId: string;
let employeeToken: string;
/** The order belongs to `customer` and is in euros. The names of the others say what they have. */
const ids = {
  customer: "",
  stranger: "",
  order: "",
  dollarOrder: "",
  method: "",
  strangersMethod: "",
  anyonesMethod: "",
};
/** Records of another merchant. */
const foreign: Record<string, string> = {};

beforeAll(async () => {
  server = await TestServer.start();
  const merchant = await server.createMerchant();
  ({ token } = merchant);
  ({ token: otherToken } = await server.createMerchant());
  const employee = { merchantId: merchant.id, name: "E", email: "e@example.com" };
  employeeId = made(await server.app.services.employees.create(employee)).id;
  employeeToken = await server.createToken({ merchantId: merchant.id, employeeId });

  ids.customer = await newCustomer(token);
  ids.stranger = await newCustomer(token);
  ids.order = await newOrder(token, { customerId: ids.customer, currency: "EUR" });
  ids.dollarOrder = await newOrder(token, {});
  ids.method = await newMethod(token, { customerId: ids.customer });
  ids.strangersMethod = await newMethod(token, { customerId: ids.stranger });
  ids.anyonesMethod = await newMethod(token, {});

  foreign["customerId"] = await newCustomer(otherToken);
  foreign["orderId"] = await newOrder(otherToken, {});
  foreign["paymentMethodId"] = await newMethod(otherToken, {});
  const authorization = { mode: "REQUEST", amountInCents: 1 };
  const created = await accepted(createAuthorization(server, otherToken, authorization));
  foreign["paymentAuthorizationId"] = created.id;
});

afterAll(() => server.stop());

async function newCustomer(by: string): Promise<string> {
  return (await accepted(createCustomer(server, by, { name: "A customer" }))).id;
}

async function newOrder(by: string, input: Input): Promise<string> {
  return (await accepted(createOrder(server, by, input))).id;
}

async function newMethod(by: string, input: Input): Promise<string> {
  const method = { provider: "STRIPE", identifier: "pm_1", methodType: "card", label: "Card" };
  return (await accepted(createMethod(server, by, { ...method, ...input }))).id;
}

/** Creates a charge of 5,000. The given fields override this. */
function create(input: Input = {}, by = token): Promise<PaymentCharge> {
  return accepted(createCharge(server, by, { amountInCents: 5_000, ...input }));
}

function update(charge: PaymentCharge, input: Input, by = token): Promise<PaymentCharge> {
  return accepted(updateCharge(server, by, charge.id, input));
}

/** Creates an authorization with amount 1,000 and deposit 200. The given fields override these. */
function authorize(input: Input = {}): Promise<PaymentAuthorization> {
  const held = { mode: "REQUEST", status: "SUCCEEDED", amountInCents: 1_000, depositInCents: 200 };
  return accepted(createAuthorization(server, token, { ...held, ...input }));
}

/** The number of rows of every table. */
async function rowCounts(): Promise<Record<string, number>> {
  const { pool } = server.database;
  const { rows } = await pool.query<{ name: string }>(
    `select quote_ident(table_name) as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of rows) {
    const counted = await pool.query<{ count: number }>(`select count(*)::int from ${name}`);
    counts[name] = counted.rows[0]!.count;
  }
  return counts;
}

/** Sends a creation that must be refused and write nothing. @returns "CODE path" of each error. */
async function refusedCreate(input: Input): Promise<string[]> {
  const before = await rowCounts();
  const problems = await refusals(createCharge(server, token, { amountInCents: 5_000, ...input }));
  expect(await rowCounts()).toEqual(before);
  return problems.map((problem) => problem.join(" ")).toSorted();
}

/** Sends an update that must be refused and change nothing. @returns "CODE path" of each error. */
async function refusedUpdate(charge: PaymentCharge, input: Input): Promise<string[]> {
  const problems = await refusals(updateCharge(server, token, charge.id, input));
  expect(await findCharge(server, token, charge.id)).toEqual(charge);
  return problems.map((problem) => problem.join(" ")).toSorted();
}

async function unchanged(charge: PaymentCharge, input: Input): Promise<void> {
  expect(await update(charge, input)).toEqual(charge);
  expect(await findCharge(server, token, charge.id)).toEqual(charge);
}

function isLater(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one > other;
}

describe("a new charge", () => {
  const ALL_NULL = {
    ...{ idempotencyKey: null, status: null, mode: null, provider: null, depositInCents: null },
    ...{ currency: null, description: null, providerId: null, providerMethod: null },
    ...{ providerSecret: null, succeededAt: null, orderId: null, customerId: null },
    ...{ paymentMethodId: null, paymentAuthorizationId: null, reference: null, metadata: null },
  };

  it.each<[string, Input]>([
    ["left out", {}],
    ["null", ALL_NULL],
  ])("has every default for a field that is %s", async (_, input) => {
    const charge = await create(input);
    const nothing = { description: null, providerId: null, providerMethod: null };
    expect(charge).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{14}7/) as string,
      createdAt: expect.stringMatching(TIME) as string,
      updatedAt: charge.createdAt,
      ...{ status: "CREATED", mode: "REQUEST", provider: "STRIPE", currency: "USD" },
      ...{ reference: null, metadata: [] },
      ...{ amountInCents: 5_000, depositInCents: 0, totalInCents: 5_000 },
      ...{ ...nothing, providerSecret: null, refundable: true },
      ...{ amountRefundableInCents: 5_000, amountRefundedInCents: 0 },
      ...{ depositRefundableInCents: 0, depositRefundedInCents: 0 },
      ...{ totalRefundableInCents: 5_000, totalRefundedInCents: 0 },
      ...{ succeededAt: null, failedAt: null, canceledAt: null, expiredAt: null },
      ...{ employeeId: null, orderId: null, customerId: null },
      ...{ paymentMethodId: null, paymentAuthorizationId: null },
      statusHistory: {
        nodes: [{ from: null, to: "CREATED", at: charge.createdAt, employee: null }],
      },
    });
    expect(await findCharge(server, token, charge.id)).toEqual(charge);
  });

  it("stores every given value", async () => {
    const authorization = await authorize({ currency: "EUR", provider: "APP" });
    const given = {
      ...{ status: "SUCCEEDED", mode: "OFF_SESSION", provider: "APP" },
      ...{ amountInCents: 12_345, depositInCents: 678, currency: "EUR" },
      ...{ description: "Ünï 👛 'q' %_\\", providerId: "pi_1", providerMethod: "credit_card" },
      ...{ providerSecret: "secret", succeededAt: PAST, orderId: ids.order },
      ...{ customerId: ids.customer, paymentMethodId: ids.method },
      paymentAuthorizationId: authorization.id,
    };
    expect(await create(given)).toMatchObject({ ...given, totalInCents: 13_023 });
  });

  it.each(STATUSES)("may be created as %s, with only that status's timestamp", async (status) => {
    const charge = await create({ status });
    const entered = TIME_OF[status];
    const times = { succeededAt: null, failedAt: null, canceledAt: null, expiredAt: null };
    expect(charge).toMatchObject({
      ...{ ...times, status, updatedAt: charge.createdAt },
      refundable: !["FAILED", "CANCELED", "EXPIRED"].includes(status),
      ...(entered && { [entered]: expect.stringMatching(TIME) as string }),
      statusHistory: { nodes: [{ from: null, to: status, at: charge.createdAt, employee: null }] },
    });
  });

  it.each(["MANUAL", "REQUEST", "TERMINAL"])(
    "with the mode %s requires nothing else",
    async (mode) => {
      expect(await create({ mode })).toMatchObject({ mode, status: "CREATED", provider: "STRIPE" });
    },
  );

  it.each<[string, Input, Input]>([
    ["all else left out", {}, { status: "SUCCEEDED", providerMethod: "bank" }],
    ["a time of success", { succeededAt: PAST }, { status: "SUCCEEDED", succeededAt: PAST }],
    ["a provider's method", { providerMethod: "cash" }, { providerMethod: "cash" }],
    [
      "a status, which wins",
      { status: "STARTED" },
      { status: "STARTED", succeededAt: null, providerMethod: "bank" },
    ],
  ])("with the mode MANUAL and the provider NONE succeeds immediately, with %s", async (...row) => {
    const [, input, expected] = row;
    const charge = await create({ mode: "MANUAL", provider: "NONE", ...input });
    expect(charge).toMatchObject(expected);
    expect(charge.statusHistory.nodes).toHaveLength(1);
    if (charge.status === "SUCCEEDED") expect(charge.succeededAt).toMatch(TIME);
  });

  it("does not succeed immediately with only one of this mode and provider", async () => {
    const expected = { status: "CREATED", succeededAt: null, providerMethod: null };
    expect(await create({ mode: "MANUAL", provider: "APP" })).toMatchObject(expected);
    expect(await create({ mode: "REQUEST", provider: "NONE" })).toMatchObject(expected);
  });

  it("has its order's customer and currency, and no customer when the order has none", async () => {
    const { order, dollarOrder, customer } = ids;
    const ofOrder = { orderId: order, customerId: customer, currency: "EUR" };
    expect(await create({ orderId: order })).toMatchObject(ofOrder);
    expect(await create({ orderId: order, customerId: customer })).toMatchObject(ofOrder);
    const ofOther = { orderId: dollarOrder, customerId: null, currency: "USD" };
    expect(await create({ orderId: dollarOrder })).toMatchObject(ofOther);
    const given = { orderId: dollarOrder, customerId: customer };
    expect(await create(given)).toMatchObject(given);
  });

  it("has its authorization's currency and provider, and may have the provider NONE", async () => {
    const authorization = await authorize({ currency: "EUR", provider: "APP" });
    const input = { paymentAuthorizationId: authorization.id };
    expect(await create(input)).toMatchObject({ ...input, currency: "EUR", provider: "APP" });
    expect(await create({ ...input, provider: "NONE" })).toMatchObject({ provider: "NONE" });
  });

  it("has the merchant's currency without an order, and any that is given, in any case", async () => {
    const { merchants } = server.app.services;
    const merchant = made(await merchants.create({ name: "A bank", defaultCurrency: "CHF" }));
    const by = await server.createToken({ merchantId: merchant.id });
    expect(await create({}, by)).toMatchObject({ currency: "CHF" });
    expect(await create({ currency: "jpy" }, by)).toMatchObject({ currency: "JPY" });
  });

  it("may have only a deposit, and a total of 2^53-1", async () => {
    const deposit = await create({ amountInCents: 0, depositInCents: 1 });
    expect(deposit).toMatchObject({ totalInCents: 1, totalRefundableInCents: 1, refundable: true });
    const largest = await create({ amountInCents: MAX - 1, depositInCents: 1 });
    expect(largest).toMatchObject({ totalInCents: MAX, totalRefundableInCents: MAX });
  });

  it("accepts off-session payments with a method of the customer or without an owner", async () => {
    for (const paymentMethodId of [ids.method, ids.anyonesMethod]) {
      const input = { mode: "OFF_SESSION", customerId: ids.customer, paymentMethodId };
      expect(await create(input)).toMatchObject(input);
    }
    const withoutCustomer = { mode: "OFF_SESSION", paymentMethodId: ids.method };
    expect(await create(withoutCustomer)).toMatchObject({ ...withoutCustomer, customerId: null });
  });

  it("keeps the employee of the token that created it", async () => {
    const charge = await create({}, employeeToken);
    expect(charge).toMatchObject({
      employeeId,
      statusHistory: { nodes: [{ employee: { id: employeeId } }] },
    });
    expect(await update(charge, { status: "STARTED" })).toMatchObject({ employeeId });
  });

  it.each(Object.entries(LONGEST))(
    "keeps a %s of %i characters, and an empty one",
    async (...of) => {
      const [field, length] = of;
      for (const text of ["👛".repeat(length), ""]) {
        expect(await create({ [field]: text })).toMatchObject({ [field]: text });
      }
    },
  );
});

describe("a new charge is refused", () => {
  const REFUSED: [string, () => Input, string[]][] = [
    ["no amount", () => ({ amountInCents: undefined }), ["REQUIRED amountInCents"]],
    ["the amount null", () => ({ amountInCents: null }), ["REQUIRED amountInCents"]],
    [
      "a deposit alone",
      () => ({ amountInCents: undefined, depositInCents: 5 }),
      ["REQUIRED amountInCents"],
    ],
    ["a negative amount", () => ({ amountInCents: -1 }), ["OUT_OF_RANGE amountInCents"]],
    ["a negative deposit", () => ({ depositInCents: -1 }), ["OUT_OF_RANGE depositInCents"]],
    [
      "both negative",
      () => ({ amountInCents: -1, depositInCents: -MAX }),
      ["OUT_OF_RANGE amountInCents", "OUT_OF_RANGE depositInCents"],
    ],
    ["a total of 0", () => ({ amountInCents: 0 }), ["OUT_OF_RANGE amountInCents"]],
    [
      "a total above 2^53-1",
      () => ({ amountInCents: MAX, depositInCents: 1 }),
      ["OUT_OF_RANGE amountInCents"],
    ],
    ["the mode CHECKOUT", () => ({ mode: "CHECKOUT" }), ["INVALID mode"]],
    ["no method off session", () => ({ mode: "OFF_SESSION" }), ["REQUIRED paymentMethodId"]],
    [
      "no authorization to capture",
      () => ({ mode: "CAPTURE" }),
      ["REQUIRED paymentAuthorizationId"],
    ],
    [
      "another customer than its order's",
      () => ({ orderId: ids.order, customerId: ids.stranger }),
      ["INVALID customerId"],
    ],
    [
      "a method of another customer",
      () => ({ customerId: ids.customer, paymentMethodId: ids.strangersMethod }),
      ["INVALID paymentMethodId"],
    ],
    [
      "a method of another customer than its order's",
      () => ({ orderId: ids.order, paymentMethodId: ids.strangersMethod }),
      ["INVALID paymentMethodId"],
    ],
    [
      "another currency than its order's",
      () => ({ orderId: ids.order, currency: "USD" }),
      ["CURRENCY_MISMATCH currency"],
    ],
    [
      "a time of success when it is created",
      () => ({ succeededAt: PAST }),
      ["INVALID succeededAt"],
    ],
    [
      "a time of success beyond tomorrow",
      () => ({ succeededAt: "9999-12-31T23:59:59.999999Z", status: "SUCCEEDED" }),
      ["OUT_OF_RANGE succeededAt"],
    ],
    [
      "a time of success when it failed",
      () => ({ succeededAt: PAST, status: "FAILED" }),
      ["INVALID succeededAt"],
    ],
  ];

  it.each(REFUSED)("for %s, and nothing is written", async (_, input, expected) => {
    expect(await refusedCreate(input())).toEqual(expected);
  });

  it.each(["customerId", "orderId", "paymentMethodId", "paymentAuthorizationId"])(
    "for a %s that is foreign, unknown or malformed",
    async (field) => {
      for (const id of [foreign[field], UNKNOWN_ID, "abc", "", "\u0000"]) {
        expect(await refusedCreate({ [field]: id })).toEqual([`NOT_FOUND ${field}`]);
      }
    },
  );

  it.each(Object.entries(LONGEST))(
    "for a %s of more than %i characters, or with NUL",
    async (...of) => {
      const [field, length] = of;
      expect(await refusedCreate({ [field]: "a".repeat(length + 1) })).toEqual([
        `TOO_LONG ${field}`,
      ]);
      expect(await refusedCreate({ [field]: "a\u0000" })).toEqual([`INVALID ${field}`]);
    },
  );

  it("for another currency or provider than its authorization's", async () => {
    const { id } = await authorize({ currency: "EUR", provider: "APP" });
    const input = { paymentAuthorizationId: id };
    expect(await refusedCreate({ ...input, currency: "USD" })).toEqual([
      "CURRENCY_MISMATCH currency",
    ]);
    expect(await refusedCreate({ ...input, provider: "STRIPE" })).toEqual([
      "PROVIDER_MISMATCH provider",
    ]);
  });

  it("for an order and an authorization of different currencies, when none is given", async () => {
    const { id } = await authorize({ currency: "USD" });
    expect(await refusedCreate({ orderId: ids.order, paymentAuthorizationId: id })).toEqual([
      "CURRENCY_MISMATCH paymentAuthorizationId",
    ]);
  });

  it("with all of its problems at once", async () => {
    const problems = await refusedCreate({
      ...{ amountInCents: -1, depositInCents: -1, mode: "CHECKOUT", succeededAt: PAST },
      ...{ description: "a".repeat(5_001), providerId: "\u0000", providerMethod: "b".repeat(256) },
      ...{ providerSecret: "c".repeat(4_097), orderId: UNKNOWN_ID, customerId: "abc" },
      ...{ paymentMethodId: "", paymentAuthorizationId: foreign["paymentAuthorizationId"] },
    });
    expect(problems).toEqual(
      [
        "OUT_OF_RANGE amountInCents",
        "OUT_OF_RANGE depositInCents",
        "INVALID mode",
        "INVALID succeededAt",
        "TOO_LONG description",
        "INVALID providerId",
        "TOO_LONG providerMethod",
        "TOO_LONG providerSecret",
        "NOT_FOUND orderId",
        "NOT_FOUND customerId",
        "NOT_FOUND paymentMethodId",
        "NOT_FOUND paymentAuthorizationId",
      ].toSorted(),
    );
  });
});

describe("a charge's status", () => {
  const pairs = STATUSES.flatMap((from) => STATUSES.map((to) => [from, to] as const));

  const allowed = pairs.filter(([from, to]) => TRANSITIONS[from].includes(to));
  it.each(allowed)(
    "changes from %s to %s, with a timestamp and a history entry",
    async (from, to) => {
      const before = await create({ status: from });
      const after = await update(before, { status: to }, employeeToken);
      const entered = TIME_OF[to];
      expect(after).toEqual({
        ...{ ...before, status: to, updatedAt: after.updatedAt },
        refundable: !["FAILED", "CANCELED", "EXPIRED"].includes(to),
        ...(entered && { [entered]: expect.stringMatching(TIME) as string }),
        statusHistory: {
          nodes: [
            ...before.statusHistory.nodes,
            { from, to, at: after.updatedAt, employee: { id: employeeId } },
          ],
        },
      });
      expect(isLater(after.updatedAt, before.updatedAt)).toBe(true);
      expect(await findCharge(server, token, before.id)).toEqual(after);
    },
  );

  const refused = pairs.filter(([from, to]) => from !== to && !TRANSITIONS[from].includes(to));
  it.each(refused)("cannot change from %s to %s", async (from, to) => {
    const charge = await create({ status: from });
    expect(await refusedUpdate(charge, { status: to, description: "other" })).toEqual([
      "INVALID_TRANSITION status",
    ]);
  });

  it.each(STATUSES)("can be set to %s again without effect", async (status) => {
    await unchanged(await create({ status }), { status });
  });

  it("keeps the timestamp of a status that it left, and updates it when it returns", async () => {
    const failed = await create({ status: "FAILED" });
    const started = await update(failed, { status: "STARTED" });
    expect(started.failedAt).toBe(failed.failedAt);
    const succeeded = await update(started, { status: "SUCCEEDED", succeededAt: PAST });
    expect(succeeded).toMatchObject({ failedAt: failed.failedAt, succeededAt: PAST });
    const again = await update(succeeded, { status: "FAILED" });
    expect(isLater(again.failedAt, failed.failedAt)).toBe(true);
    expect(again.succeededAt).toBe(PAST);
    const last = await update(again, { status: "SUCCEEDED" });
    expect(isLater(last.succeededAt, again.createdAt)).toBe(true);
  });

  it("has each change in its history, oldest first, with the employee who made it", async () => {
    let charge = await create({}, employeeToken);
    const times = [charge.createdAt];
    for (const [status, by] of [
      ["STARTED", token],
      ["PROCESSING", employeeToken],
      ["FAILED", token],
      ["STARTED", employeeToken],
    ] as const) {
      charge = await update(charge, { status }, by);
      times.push(charge.updatedAt);
    }
    const employee = { id: employeeId };
    expect(charge.statusHistory.nodes).toEqual([
      { from: null, to: "CREATED", at: times[0], employee },
      { from: "CREATED", to: "STARTED", at: times[1], employee: null },
      { from: "STARTED", to: "PROCESSING", at: times[2], employee },
      { from: "PROCESSING", to: "FAILED", at: times[3], employee: null },
      { from: "FAILED", to: "STARTED", at: times[4], employee },
    ]);
    expect(new Set(times).size).toBe(5);
    expect(times).toEqual(times.toSorted());
  });

  it("accepts a time of success, when it succeeds and later", async () => {
    const charge = await create();
    const succeeded = await update(charge, {
      status: "SUCCEEDED",
      succeededAt: "2024-12-02T12:52:04.475339+03:30",
    });
    expect(succeeded.succeededAt).toBe(PAST);
    const moved = await update(succeeded, { succeededAt: "2024-01-01T00:00:00Z" });
    expect(moved).toMatchObject({
      succeededAt: "2024-01-01T00:00:00.000000Z",
      statusHistory: succeeded.statusHistory,
    });
    expect(isLater(moved.updatedAt, succeeded.updatedAt)).toBe(true);
  });

  it("accepts a time of success that is up to a day ahead of the server's clock", async () => {
    const inHours = (hours: number): string =>
      new Date(Date.now() + hours * 3_600_000).toISOString();
    const charge = await create({ status: "SUCCEEDED", succeededAt: inHours(23) });
    expect(isLater(charge.succeededAt, charge.createdAt)).toBe(true);
    const refused = ["OUT_OF_RANGE succeededAt"];
    expect(await refusedUpdate(charge, { succeededAt: inHours(25) })).toEqual(refused);
    const pending = await create();
    const ahead = { status: "SUCCEEDED", succeededAt: inHours(25) };
    expect(await refusedUpdate(pending, ahead)).toEqual(refused);
    await update(pending, { ...ahead, succeededAt: inHours(23) });
  });

  it("keeps a time of success that is given again, in any status", async () => {
    const failed = await update(await create({ status: "SUCCEEDED", succeededAt: PAST }), {
      status: "FAILED",
      succeededAt: PAST,
    });
    expect(failed.succeededAt).toBe(PAST);
    await unchanged(failed, { succeededAt: PAST });
    const again = await update(failed, { status: "SUCCEEDED", succeededAt: PAST });
    expect(again.succeededAt).toBe(PAST);
    const first = await update(await create(), { status: "SUCCEEDED", succeededAt: null });
    expect(first.succeededAt).toMatch(TIME);
  });

  it("is refundable only in a status in which money can be left", async () => {
    const ids = new Map<Status, string>();
    for (const status of STATUSES) ids.set(status, (await create({ status })).id);
    const all = [...ids.values()];
    const listed = async (refundable: boolean): Promise<string[]> => {
      const query = `query ($filter: PaymentChargeFilter) {
        paymentCharges(filter: $filter, sort: [{ field: REFUNDABLE }], first: 20) { nodes { id refundable } }
      }`;
      const filter = { id: { eq: all }, refundable: { eq: refundable } };
      interface List {
        paymentCharges: { nodes: { id: string; refundable: boolean }[] };
      }
      const { nodes } = (await server.ask<List>(token, query, { filter })).paymentCharges;
      expect(nodes.every((node) => node.refundable === refundable)).toBe(true);
      return nodes.map(({ id }) => id).toSorted();
    };
    const ended = ["FAILED", "CANCELED", "EXPIRED"] as const;
    const expected = ended.map((status) => ids.get(status)!);
    expect(await listed(false)).toEqual(expected.toSorted());
    expect(await listed(true)).toEqual(all.filter((id) => !expected.includes(id)).toSorted());
  });

  it("has a time of success exactly if it succeeded", async () => {
    const invalid = ["INVALID succeededAt"];
    const created = await create();
    expect(await refusedUpdate(created, { succeededAt: PAST })).toEqual(invalid);
    expect(await refusedUpdate(created, { succeededAt: PAST, status: "STARTED" })).toEqual(invalid);
    await unchanged(created, { succeededAt: null });
    const succeeded = await create({ status: "SUCCEEDED" });
    expect(await refusedUpdate(succeeded, { succeededAt: PAST, status: "FAILED" })).toEqual(
      invalid,
    );
    expect(await refusedUpdate(succeeded, { succeededAt: null })).toEqual(["REQUIRED succeededAt"]);
  });
});

describe("an update", () => {
  it("changes exactly the given fields, also of a succeeded charge", async () => {
    const fields = {
      ...{ description: "new", providerId: "pi_2", providerMethod: "boleto" },
      ...{ providerSecret: "new secret", paymentMethodId: ids.anyonesMethod },
    };
    for (const status of ["CREATED", "SUCCEEDED"]) {
      let charge = await create({ status, description: "old", providerSecret: "old" });
      for (const [field, value] of Object.entries(fields)) {
        const after = await update(charge, { [field]: value });
        expect(after).toEqual({ ...charge, [field]: value, updatedAt: after.updatedAt });
        expect(isLater(after.updatedAt, charge.updatedAt)).toBe(true);
        charge = after;
      }
      const cleared = Object.fromEntries(Object.keys(fields).map((field) => [field, null]));
      expect(await update(charge, cleared)).toMatchObject({ ...cleared, status });
    }
  });

  it("keeps concurrent changes to other fields; for one field, the last write wins", async () => {
    const charge = await create();
    await update(charge, { description: "one", providerId: "pi_1" });
    await update(charge, { description: "two", providerMethod: "cash" });
    expect(await findCharge(server, token, charge.id)).toMatchObject({
      description: "two",
      providerId: "pi_1",
      providerMethod: "cash",
    });
  });

  it("changes amounts, currency, mode and provider of a charge that never left CREATED", async () => {
    const fields = { amountInCents: 7, depositInCents: 3, currency: "EUR", mode: "TERMINAL" };
    const charge = await update(await create(), { ...fields, provider: "APP" });
    expect(charge).toMatchObject({
      ...{ ...fields, provider: "APP", status: "CREATED", totalInCents: 10 },
      ...{ amountRefundableInCents: 7, depositRefundableInCents: 3, totalRefundableInCents: 10 },
    });
    const leaving = { amountInCents: 8, currency: "USD", mode: "MANUAL", status: "SUCCEEDED" };
    expect(await update(charge, leaving)).toMatchObject({ ...leaving, totalInCents: 11 });
  });

  it.each<[string, () => Promise<PaymentCharge>]>([
    ["was never CREATED", () => create({ status: "STARTED" })],
    ["left CREATED", async () => update(await create(), { status: "STARTED" })],
    [
      "is CREATED again",
      async () => update(await create({ status: "FAILED" }), { status: "CREATED" }),
    ],
  ])("cannot change frozen fields of a charge that %s", async (_, make) => {
    const charge = await make();
    const others = { amountInCents: 1, depositInCents: 1, currency: "EUR", mode: "TERMINAL" };
    const frozen = { ...others, provider: "APP" };
    for (const [field, value] of Object.entries(frozen)) {
      expect(await refusedUpdate(charge, { [field]: value })).toEqual([`READ_ONLY ${field}`]);
    }
    expect(await refusedUpdate(charge, { ...frozen, description: "new" })).toEqual(
      Object.keys(frozen)
        .map((field) => `READ_ONLY ${field}`)
        .toSorted(),
    );
    const { amountInCents, depositInCents, currency, mode, provider } = charge;
    await unchanged(charge, { amountInCents, depositInCents, currency, mode, provider });
  });

  it("cannot change the order, customer or authorization", async () => {
    const charge = await create();
    for (const [field, id] of [
      ["orderId", ids.dollarOrder],
      ["customerId", ids.customer],
      ["paymentAuthorizationId", (await authorize()).id],
    ] as const) {
      const variables = { id: charge.id, input: { [field]: id } };
      const { status, errors } = await server.send(token, UPDATE_CHARGE, variables);
      expect({ field, status }).toEqual({ field, status: 400 });
      expect(errors?.[0]?.message).toMatch(new RegExp(`\\b${field}\\b`));
    }
    expect(await findCharge(server, token, charge.id)).toEqual(charge);
  });

  it("that repeats the current values keeps the charge and its updatedAt", async () => {
    const texts = { description: "d", providerId: "p", providerMethod: "m", providerSecret: "s" };
    const charge = await create({ ...texts, paymentMethodId: ids.method, status: "SUCCEEDED" });
    const { status, mode, provider, amountInCents, depositInCents, currency } = charge;
    const same = { status, mode, provider, amountInCents, depositInCents, currency, ...texts };
    const { succeededAt, paymentMethodId } = charge;
    await unchanged(charge, { ...same, succeededAt, paymentMethodId });
    await unchanged(charge, {});
  });

  it("is STALE if the charge has another updatedAt than expected", async () => {
    const charge = await create();
    const expectedUpdatedAt = charge.updatedAt;
    const changed = await update(charge, { expectedUpdatedAt, description: "one" });
    expect(changed.description).toBe("one");
    const stale = { expectedUpdatedAt, description: "two" };
    expect(await refusedUpdate(changed, stale)).toEqual(["STALE expectedUpdatedAt"]);
    const inTehran = { ...stale, expectedUpdatedAt: "2024-01-01T03:30:00+03:30" };
    expect(await refusedUpdate(changed, inTehran)).toEqual(["STALE expectedUpdatedAt"]);
    const withoutZone = changed.updatedAt.replace("Z", "+00:00");
    const third = await update(changed, { expectedUpdatedAt: withoutZone, description: "three" });
    expect(third.description).toBe("three");
    expect(await update(third, { expectedUpdatedAt: null, description: "four" })).toMatchObject({
      description: "four",
    });
  });

  it("is refused for null in a required field", async () => {
    const fields = ["status", "mode", "provider", "amountInCents", "depositInCents", "currency"];
    const nulls = Object.fromEntries(fields.map((field) => [field, null]));
    expect(await refusedUpdate(await create(), nulls)).toEqual(
      fields.map((field) => `REQUIRED ${field}`).toSorted(),
    );
  });

  it.each<[string, Input, () => Input, string]>([
    ["a negative amount", {}, () => ({ amountInCents: -1 }), "OUT_OF_RANGE amountInCents"],
    ["a negative deposit", {}, () => ({ depositInCents: -1 }), "OUT_OF_RANGE depositInCents"],
    ["a total of 0", {}, () => ({ amountInCents: 0 }), "OUT_OF_RANGE amountInCents"],
    [
      "a total above 2^53-1 by its deposit",
      { amountInCents: MAX },
      () => ({ depositInCents: 1 }),
      "OUT_OF_RANGE amountInCents",
    ],
    ["the mode CHECKOUT", {}, () => ({ mode: "CHECKOUT" }), "INVALID mode"],
    [
      "off session without a method",
      {},
      () => ({ mode: "OFF_SESSION" }),
      "REQUIRED paymentMethodId",
    ],
    [
      "off session by an unknown method",
      {},
      () => ({ mode: "OFF_SESSION", paymentMethodId: UNKNOWN_ID }),
      "NOT_FOUND paymentMethodId",
    ],
    ["a capture without an authorization", {}, () => ({ mode: "CAPTURE" }), "REQUIRED mode"],
    ["an unknown method", {}, () => ({ paymentMethodId: UNKNOWN_ID }), "NOT_FOUND paymentMethodId"],
    [
      "a foreign method",
      {},
      () => ({ paymentMethodId: foreign["paymentMethodId"] }),
      "NOT_FOUND paymentMethodId",
    ],
    ["a method that is no id", {}, () => ({ paymentMethodId: "" }), "NOT_FOUND paymentMethodId"],
    ["a long text", {}, () => ({ providerId: "a".repeat(256) }), "TOO_LONG providerId"],
    ["a text with NUL", {}, () => ({ description: "\u0000" }), "INVALID description"],
  ])("is refused for %s", async (_, created, input, problem) => {
    const given = { ...input(), providerMethod: "not kept" };
    expect(await refusedUpdate(await create(created), given)).toEqual([problem]);
  });

  it("must agree with the order, the customer and the authorization of the charge", async () => {
    const { id } = await authorize({ currency: "EUR", provider: "APP" });
    const charge = await create({ orderId: ids.order, paymentAuthorizationId: id });
    for (const [input, problem] of [
      [{ currency: "USD" }, "CURRENCY_MISMATCH currency"],
      [{ provider: "STRIPE" }, "PROVIDER_MISMATCH provider"],
      [{ paymentMethodId: ids.strangersMethod }, "INVALID paymentMethodId"],
    ] as const) {
      expect(await refusedUpdate(charge, input)).toEqual([problem]);
    }
    const input = { provider: "NONE", paymentMethodId: ids.method, mode: "CAPTURE" };
    expect(await update(charge, input)).toMatchObject(input);
  });

  it("keeps the method that an off-session charge needs", async () => {
    const charge = await create({ mode: "OFF_SESSION", paymentMethodId: ids.method });
    expect(await refusedUpdate(charge, { paymentMethodId: null })).toEqual([
      "REQUIRED paymentMethodId",
    ]);
  });

  it("is refused with all of its problems at once", async () => {
    const problems = await refusedUpdate(await create({ status: "PROCESSING" }), {
      ...{ status: "CREATED", amountInCents: 1, currency: "EUR", succeededAt: PAST },
      ...{ description: "a".repeat(5_001), paymentMethodId: UNKNOWN_ID },
    });
    expect(problems).toEqual(
      [
        "INVALID_TRANSITION status",
        "READ_ONLY amountInCents",
        "READ_ONLY currency",
        "INVALID succeededAt",
        "TOO_LONG description",
        "NOT_FOUND paymentMethodId",
      ].toSorted(),
    );
  });

  it("of a foreign, unknown or malformed id is NOT_FOUND, and reads as null", async () => {
    const { id } = await create({}, otherToken);
    for (const target of [id, UNKNOWN_ID, "abc", "", "\u0000"]) {
      const variables = { id: target, input: { description: "new" } };
      const { status, errors } = await server.send(token, UPDATE_CHARGE, variables);
      expect({ status, codes: errors?.map(({ extensions }) => extensions.code) }).toEqual({
        status: 404,
        codes: ["NOT_FOUND"],
      });
      expect(await findCharge(server, token, target)).toBeNull();
    }
    expect(await findCharge(server, otherToken, id)).toMatchObject({ id, description: null });
  });
});

describe("a charge that captures", () => {
  function capture(authorization: PaymentAuthorization, input: Input = {}): Input {
    const amounts = { amountInCents: 600, depositInCents: 100 };
    return { mode: "CAPTURE", paymentAuthorizationId: authorization.id, ...amounts, ...input };
  }

  async function expectCaptured(before: PaymentAuthorization): Promise<PaymentAuthorization> {
    const after = (await findAuthorization(server, token, before.id))!;
    expect(after).toEqual({
      ...{ ...before, status: "CAPTURED", capturable: false, updatedAt: after.updatedAt },
      capturedAt: expect.stringMatching(TIME) as string,
      ...{ amountCapturedInCents: 600, amountReleasedInCents: 400, amountCapturableInCents: 0 },
      ...{ depositCapturedInCents: 100, depositReleasedInCents: 100, depositCapturableInCents: 0 },
      ...{ totalCapturedInCents: 700, totalReleasedInCents: 500, totalCapturableInCents: 0 },
      statusHistory: {
        nodes: [
          ...before.statusHistory.nodes,
          { from: "SUCCEEDED", to: "CAPTURED", at: after.updatedAt, employee: { id: employeeId } },
        ],
      },
    });
    expect(isLater(after.updatedAt, before.updatedAt)).toBe(true);
    return after;
  }

  it("and succeeds at creation captures its amounts and releases the rest", async () => {
    const authorization = await authorize({ captureBefore: "2999-01-01T00:00:00Z" });
    expect(authorization).toMatchObject({ capturable: true, totalCapturableInCents: 1_200 });
    await create(capture(authorization, { status: "SUCCEEDED" }), employeeToken);
    await expectCaptured(authorization);
  });

  it("captures nothing until the update with which it succeeds", async () => {
    const authorization = await authorize();
    const input = { amountInCents: 1, depositInCents: 0, mode: "REQUEST" };
    const charge = await create(capture(authorization, input));
    const started = await update(charge, { mode: "CAPTURE", description: "soon" });
    expect(await findAuthorization(server, token, authorization.id)).toEqual(authorization);
    const amounts = { amountInCents: 600, depositInCents: 100 };
    await update(started, { ...amounts, status: "SUCCEEDED" }, employeeToken);
    await expectCaptured(authorization);
  });

  it("captures once and permanently, even if it fails later", async () => {
    const authorization = await authorize();
    const charge = await create(capture(authorization, { status: "SUCCEEDED" }), employeeToken);
    const captured = await expectCaptured(authorization);
    const failed = await update(charge, { status: "FAILED" });
    const second = capture(authorization, { amountInCents: 1, depositInCents: 0 });
    expect(await refusedCreate({ ...second, status: "SUCCEEDED" })).toEqual([
      "NOT_CAPTURABLE paymentAuthorizationId",
    ]);
    expect(await update(failed, { status: "SUCCEEDED" })).toMatchObject({ status: "SUCCEEDED" });
    expect(await refusedUpdate(await create(second), { status: "SUCCEEDED" })).toEqual([
      "NOT_CAPTURABLE status",
    ]);
    expect(await findAuthorization(server, token, authorization.id)).toEqual(captured);
  });

  it("captures nothing in another mode, even if it has an authorization and succeeds", async () => {
    const authorization = await authorize();
    await create(capture(authorization, { mode: "TERMINAL", status: "SUCCEEDED" }));
    expect(await findAuthorization(server, token, authorization.id)).toEqual(authorization);
  });

  const STATES = ["CREATED", "STARTED", "ACTION_REQUIRED", "CAPTURED", "FAILED"];
  it.each<[string, Input]>([
    ...[...STATES, "CANCELED", "EXPIRED"].map((status): [string, Input] => [
      `that is ${status}`,
      { status },
    ]),
    ["whose time to capture is over", { captureBefore: PAST }],
  ])("cannot succeed from an authorization %s", async (_, input) => {
    const authorization = await authorize(input);
    expect(authorization.capturable).toBe(false);
    expect(await refusedCreate(capture(authorization, { status: "SUCCEEDED" }))).toEqual([
      "NOT_CAPTURABLE paymentAuthorizationId",
    ]);
    const charge = await create(capture(authorization));
    expect(await refusedUpdate(charge, { status: "SUCCEEDED" })).toEqual(["NOT_CAPTURABLE status"]);
    expect(await findAuthorization(server, token, authorization.id)).toEqual(authorization);
  });

  it.each<[string, Input, string[]]>([
    ["amount", { amountInCents: 1_001 }, ["amountInCents"]],
    ["deposit", { depositInCents: 201 }, ["depositInCents"]],
    [
      "amount and deposit",
      { amountInCents: 1_001, depositInCents: 201 },
      ["amountInCents", "depositInCents"],
    ],
  ])("cannot capture more %s than was authorized", async (_, amounts, fields) => {
    const authorization = await authorize();
    const input = capture(authorization, amounts);
    expect(await refusedCreate({ ...input, status: "SUCCEEDED" })).toEqual(
      fields.map((field) => `EXCEEDS_CAPTURABLE ${field}`),
    );
    const problems = await refusedUpdate(await create(input), { status: "SUCCEEDED" });
    expect(new Set(problems)).toEqual(new Set(["EXCEEDS_CAPTURABLE status"]));
    expect(await findAuthorization(server, token, authorization.id)).toEqual(authorization);
  });

  it("releases the rest permanently, even if the authorization's status changes", async () => {
    const authorization = await authorize();
    await create(capture(authorization, { status: "SUCCEEDED" }));
    const { id } = authorization;
    for (const status of ["FAILED", "SUCCEEDED"]) {
      const updated = await accepted(updateAuthorization(server, token, id, { status }));
      expect(updated).toMatchObject({
        ...{ status, capturable: false, totalCapturableInCents: 0 },
        ...{ totalCapturedInCents: 700, totalReleasedInCents: 500 },
      });
    }
  });

  it("can capture everything that was authorized", async () => {
    const authorization = await authorize();
    const all = { amountInCents: 1_000, depositInCents: 200, status: "SUCCEEDED" };
    await create(capture(authorization, all));
    expect(await findAuthorization(server, token, authorization.id)).toMatchObject({
      ...{ status: "CAPTURED", totalCapturedInCents: 1_200, totalReleasedInCents: 0 },
    });
  });
});

describe("an idempotency key", () => {
  async function countOfCharges(): Promise<number> {
    interface Data {
      paymentCharges: { totalCount: number };
    }
    const { paymentCharges } = await server.ask<Data>(token, "{ paymentCharges { totalCount } }");
    return paymentCharges.totalCount;
  }

  it("returns the same charge in its current state for the same input, and creates no other", async () => {
    const input = { idempotencyKey: newId(), amountInCents: 900, description: "once" };
    const charge = await create(input);
    const count = await countOfCharges();
    expect(await create(input)).toEqual(charge);
    const now = await update(charge, { status: "SUCCEEDED", description: "later" });
    const again = { ...input, idempotencyKey: input.idempotencyKey.toUpperCase() };
    expect(await create(again, employeeToken)).toEqual(now);
    expect(await countOfCharges()).toBe(count);
  });

  it("accepts an equivalent input in another form", async () => {
    const idempotencyKey = newId();
    const charge = await create({ idempotencyKey, amountInCents: 900, currency: "EUR" });
    const same = { amountInCents: "900", currency: "eur", description: null, orderId: null };
    expect(await create({ idempotencyKey, ...same })).toEqual(charge);
  });

  it("is refused with any other input, which creates nothing", async () => {
    const input = { idempotencyKey: newId(), amountInCents: 900, providerSecret: "one" };
    const charge = await create(input);
    for (const changed of [
      { amountInCents: 901 },
      { depositInCents: 1 },
      { description: "other" },
      { providerSecret: "two" },
      { providerSecret: undefined },
      { status: "SUCCEEDED" },
      { customerId: ids.customer },
    ]) {
      expect(await refusedCreate({ ...input, ...changed })).toEqual([
        "IDEMPOTENCY_KEY_REUSED idempotencyKey",
      ]);
    }
    expect(await create(input)).toEqual(charge);
  });

  it("returns the charge even if its input would now be refused", async () => {
    const { id } = await authorize();
    const input = {
      ...{ idempotencyKey: newId(), mode: "CAPTURE", paymentAuthorizationId: id },
      ...{ amountInCents: 1_000, status: "SUCCEEDED" },
    };
    const charge = await create(input);
    expect(await create(input)).toEqual(charge);
    expect(await refusedCreate({ ...input, idempotencyKey: newId() })).toEqual([
      "NOT_CAPTURABLE paymentAuthorizationId",
    ]);
  });

  it("is not consumed by a refused input", async () => {
    const idempotencyKey = newId();
    const negative = { idempotencyKey, amountInCents: -1 };
    expect(await refusedCreate(negative)).toEqual(["OUT_OF_RANGE amountInCents"]);
    expect(await refusedCreate(negative)).toEqual(["OUT_OF_RANGE amountInCents"]);
    expect(await create({ idempotencyKey })).toMatchObject({ amountInCents: 5_000 });
  });

  it("belongs to one merchant and one operation", async () => {
    const input = { idempotencyKey: newId(), amountInCents: 900 };
    const charge = await create(input);
    const others = await create({ ...input, amountInCents: 1 }, otherToken);
    expect(others.id).not.toBe(charge.id);
    const refund = await accepted(createRefund(server, token, { ...input, provider: "NONE" }));
    const authorization = await authorize({ ...input, depositInCents: 0 });
    expect(new Set([charge.id, others.id, refund.id, authorization.id]).size).toBe(4);
    expect(await create(input)).toEqual(charge);
  });
});
