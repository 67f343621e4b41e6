import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import * as payments from "../support/payments.js";
import { type PaymentOutcome, accepted, refusals } from "../support/payments.js";
import { type TestMerchant, TestServer, made } from "../support/server.js";

const TIMESTAMP = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string;
const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
const UNKNOWN_IDS = [newId(), "", "abc", "\u0000", "9".repeat(40)];
const METHOD = { provider: "STRIPE", identifier: "pm_1", methodType: "card", label: "My card" };

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

const { createCustomer, updateCustomer, createOrder, updateOrder, createMethod } = payments;
const customer = (given: Input = {}): Promise<payments.Customer> =>
  accepted(createCustomer(server, merchant.token, { name: "A customer", ...given }));
const order = (given: Input = {}): Promise<payments.Order> =>
  accepted(createOrder(server, merchant.token, given));
const method = (given: Input = {}): Promise<payments.PaymentMethod> =>
  accepted(createMethod(server, merchant.token, { ...METHOD, ...given }));
const charge = (given: Input): Promise<payments.PaymentCharge> =>
  accepted(payments.createCharge(server, merchant.token, { amountInCents: 1_000, ...given }));
const refund = (given: Input): Promise<payments.PaymentRefund> =>
  accepted(payments.createRefund(server, merchant.token, { amountInCents: 100, ...given }));
const authorization = (given: Input): Promise<payments.PaymentAuthorization> => {
  const input = { mode: "REQUEST", amountInCents: 1_000, ...given };
  return accepted(payments.createAuthorization(server, merchant.token, input));
};

const findCustomer = (id: string): Promise<payments.Customer | null> =>
  payments.findCustomer(server, merchant.token, id);
const findOrder = (id: string): Promise<payments.Order | null> =>
  payments.findOrder(server, merchant.token, id);

/** Expects that the input is refused, and that no record was created. */
async function refusalsOf(sent: () => Promise<PaymentOutcome<unknown>>): Promise<unknown[]> {
  const count = "{ customers { totalCount } orders { totalCount } paymentMethods { totalCount } }";
  const before = await server.ask(merchant.token, count);
  const refused = await refusals(sent());
  expect(await server.ask(merchant.token, count)).toEqual(before);
  return refused.toSorted();
}

async function expectNotFound(document: string, id: string, input?: Input): Promise<void> {
  const variables = { id, ...(input ? { input } : {}) };
  const { status, errors } = await server.send(merchant.token, document, variables);
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(["NOT_FOUND"]);
  expect(status).toBe(404);
}

describe("a customer", () => {
  it("has a name, and nothing else unless it is given", async () => {
    const created = await customer({ name: "Jane" });
    expect(created).toEqual({
      id: UUID,
      createdAt: TIMESTAMP,
      updatedAt: created.createdAt,
      number: 1,
      name: "Jane",
      email: null,
      phoneNumber: null,
      isArchived: false,
      ...{ reference: null, metadata: [] },
    });
    expect(await findCustomer(created.id)).toEqual(created);
    expect(await customer({ name: "Jane", email: null, phoneNumber: null })).toMatchObject({
      number: 2,
      email: null,
      phoneNumber: null,
    });
  });

  it.each(["a@b.co", "Jane.Doe+shop@Example.COM", "o'neil@sub.domain.example"])(
    "keeps the e-mail address %s as it was sent",
    async (email) => {
      const { id } = await customer({ email });
      expect(await findCustomer(id)).toMatchObject({ email });
    },
  );

  it.each(["123", "+31 (0)20 123-4567", "1.234.567", "9".repeat(32), "09123456789"])(
    "keeps the phone number %s as it was sent",
    async (phoneNumber) => {
      const { id } = await customer({ phoneNumber });
      expect(await findCustomer(id)).toMatchObject({ phoneNumber });
    },
  );

  const REFUSED: [string, string, Input][] = [
    ["REQUIRED", "name", { name: "" }],
    ["REQUIRED", "name", { name: " \t\n" }],
    ["TOO_LONG", "name", { name: "a".repeat(201) }],
    ["INVALID", "name", { name: "a\u0000" }],
    ...["jane", "jane@", "@example.com", "jane doe@example.com", "a@b.co\u0000"].map(
      (email): [string, string, Input] => ["INVALID", "email", { email }],
    ),
    ...["12", "( ) -", "abcdef", "12a45", "+", "++31 20 123", "9".repeat(33), "1234\u0000"].map(
      (phoneNumber): [string, string, Input] => ["INVALID", "phoneNumber", { phoneNumber }],
    ),
  ];

  it.each(named(REFUSED))("is refused with %s on %s: %s", async (code, field, _, given) => {
    const input = { name: "Jane", ...given };
    expect(await refusalsOf(() => createCustomer(server, merchant.token, input))).toEqual([
      [code, field],
    ]);
    const before = await customer();
    const outcome = updateCustomer(server, merchant.token, before.id, {
      isArchived: true,
      ...given,
    });
    expect(await refusals(outcome)).toEqual([[code, field]]);
    expect(await findCustomer(before.id)).toEqual(before);
  });

  it("is refused with all of its problems at once", async () => {
    const input = { name: " ", email: "no", phoneNumber: "no" };
    const expected = [
      ["INVALID", "email"],
      ["INVALID", "phoneNumber"],
      ["REQUIRED", "name"],
    ];
    expect(await refusalsOf(() => createCustomer(server, merchant.token, input))).toEqual(expected);
    const { id } = await customer();
    const nulls = { ...input, name: null, isArchived: null };
    expect(await refusalsOf(() => updateCustomer(server, merchant.token, id, nulls))).toEqual([
      ...expected.slice(0, 2),
      ["REQUIRED", "isArchived"],
      ["REQUIRED", "name"],
    ]);
  });

  it("applies changes, clears fields by null, and keeps omitted fields", async () => {
    const before = await customer();
    const given = { name: "John", email: "J@example.com", phoneNumber: "12345", isArchived: true };
    const set = await accepted(updateCustomer(server, merchant.token, before.id, given));
    expect(set).toEqual({ ...before, ...given, updatedAt: TIMESTAMP });
    expect(set.updatedAt > before.updatedAt).toBe(true);
    for (const input of [{}, given, { name: "John" }]) {
      expect(await accepted(updateCustomer(server, merchant.token, before.id, input))).toEqual(set);
    }
    const nulls = { email: null, phoneNumber: null };
    const cleared = await accepted(updateCustomer(server, merchant.token, before.id, nulls));
    expect(cleared).toEqual({ ...set, ...nulls, updatedAt: TIMESTAMP });
    expect(cleared.updatedAt > set.updatedAt).toBe(true);
    expect(await findCustomer(before.id)).toEqual(cleared);
  });

  it.each(UNKNOWN_IDS)("with the id %j is NOT_FOUND to change and null to find", async (id) => {
    await expectNotFound(payments.UPDATE_CUSTOMER, id, { name: "John" });
    expect(await findCustomer(id)).toBeNull();
  });
});

describe("an order", () => {
  const STATUSES = ["NEW", "DRAFT", "RESERVED", "STARTED", "STOPPED", "ARCHIVED", "CANCELED"];

  it("defaults to NEW, without a customer, with total 0 in the merchant's currency", async () => {
    const { id: merchantId } = made(
      await server.app.services.merchants.create({ name: "M", defaultCurrency: "EUR" }),
    );
    merchant = { id: merchantId, token: await server.createToken({ merchantId }) };
    const created = await order();
    expect(created).toEqual({
      id: UUID,
      createdAt: TIMESTAMP,
      updatedAt: created.createdAt,
      number: 1,
      status: "NEW",
      currency: "EUR",
      totalInCents: 0,
      paidInCents: 0,
      customerId: null,
      ...{ reference: null, metadata: [] },
    });
    expect(await findOrder(created.id)).toEqual(created);
    const nulls = { customerId: null, currency: null, totalInCents: null, status: null };
    expect(await order(nulls)).toMatchObject({ number: 2, status: "NEW", currency: "EUR" });
    const customerId = (await customer()).id;
    const given = { customerId, currency: "JPY", totalInCents: 5, status: "STARTED" };
    expect(await order(given)).toMatchObject({ ...given, number: 3 });
  });

  it.each(STATUSES)("with the status %s accepts every status", async (from) => {
    const { id } = await order({ status: from });
    for (const status of STATUSES) {
      expect(await accepted(updateOrder(server, merchant.token, id, { status }))).toMatchObject({
        status,
      });
      await accepted(updateOrder(server, merchant.token, id, { status: from }));
    }
  });

  it("applies changes, clears its customer by null, and ignores updates without changes", async () => {
    const customerId = (await customer()).id;
    const before = await order();
    const given = { customerId, totalInCents: 700, status: "RESERVED" };
    const set = await accepted(updateOrder(server, merchant.token, before.id, given));
    expect(set).toEqual({ ...before, ...given, updatedAt: TIMESTAMP });
    expect(set.updatedAt > before.updatedAt).toBe(true);
    for (const input of [{}, given]) {
      expect(await accepted(updateOrder(server, merchant.token, before.id, input))).toEqual(set);
    }
    const cleared = await accepted(
      updateOrder(server, merchant.token, before.id, { customerId: null }),
    );
    expect(cleared).toEqual({ ...set, customerId: null, updatedAt: TIMESTAMP });
    expect(cleared.updatedAt > set.updatedAt).toBe(true);
  });

  it("is refused with all of its problems at once", async () => {
    const wrong = { customerId: newId(), totalInCents: -1 };
    const expected = [
      ["NOT_FOUND", "customerId"],
      ["OUT_OF_RANGE", "totalInCents"],
    ];
    expect(await refusalsOf(() => createOrder(server, merchant.token, wrong))).toEqual(expected);
    const before = await order();
    const update = (input: Input): Promise<PaymentOutcome<payments.Order>> =>
      updateOrder(server, merchant.token, before.id, input);
    expect(await refusalsOf(() => update({ ...wrong, status: "DRAFT" }))).toEqual(expected);
    expect(await refusalsOf(() => update({ totalInCents: null, status: null }))).toEqual([
      ["REQUIRED", "status"],
      ["REQUIRED", "totalInCents"],
    ]);
    expect(await findOrder(before.id)).toEqual(before);
  });

  it.each(UNKNOWN_IDS)(
    "with the id %j is not found, and neither is such a customer",
    async (id) => {
      await expectNotFound(payments.UPDATE_ORDER, id, { status: "DRAFT" });
      expect(await findOrder(id)).toBeNull();
      const input = { customerId: id };
      const { id: own } = await order();
      for (const sent of [
        () => createOrder(server, merchant.token, input),
        () => updateOrder(server, merchant.token, own, input),
      ]) {
        expect(await refusalsOf(sent)).toEqual([["NOT_FOUND", "customerId"]]);
      }
    },
  );
});

describe("the paid amount of an order", () => {
  it("is its succeeded charges minus its succeeded refunds, after every change", async () => {
    const { id: orderId } = await order({ totalInCents: 10_000 });
    const other = await order();
    await charge({ orderId: other.id, status: "SUCCEEDED" });
    await charge({ status: "SUCCEEDED" });
    const expectPaid = async (paidInCents: number): Promise<void> => {
      expect(await findOrder(orderId)).toMatchObject({ paidInCents, totalInCents: 10_000 });
    };
    const change = (status: string, { id }: payments.PaymentCharge): Promise<unknown> =>
      accepted(payments.updateCharge(server, merchant.token, id, { status }));
    const changeRefund = (status: string, { id }: payments.PaymentRefund): Promise<unknown> =>
      accepted(payments.updateRefund(server, merchant.token, id, { status }));

    const first = await charge({ orderId, depositInCents: 500 });
    await expectPaid(0);
    await change("PROCESSING", await charge({ orderId, status: "STARTED" }));
    await charge({ orderId, status: "FAILED" });
    await expectPaid(0);
    await change("SUCCEEDED", first);
    await expectPaid(1_500);
    await charge({ orderId, mode: "MANUAL", provider: "NONE", amountInCents: 250 });
    await expectPaid(1_750);

    const refundOf = { paymentChargeId: first.id, amountInCents: 300, depositInCents: 100 };
    const pending = await refund(refundOf);
    await changeRefund("PENDING", pending);
    await expectPaid(1_750);
    await changeRefund("SUCCEEDED", pending);
    await expectPaid(1_350);
    await refund({ orderId, provider: "NONE", amountInCents: 2_000 });
    await expectPaid(-650);
    await changeRefund("FAILED", pending);
    await expectPaid(-250);

    const { id } = await authorization({ orderId, status: "SUCCEEDED" });
    await expectPaid(-250);
    const capture = { mode: "CAPTURE", paymentAuthorizationId: id, amountInCents: 600 };
    await charge({ orderId, ...capture, status: "SUCCEEDED" });
    await expectPaid(350);
    await change("FAILED", first);
    await expectPaid(-1_150);
    await change("SUCCEEDED", first);
    await expectPaid(350);
    expect(await findOrder(other.id)).toMatchObject({ paidInCents: 1_000 });
  });

  it("is an error if it exceeds the largest amount", async () => {
    const { id: orderId } = await order();
    const amountInCents = 2 ** 53 - 1;
    await charge({ orderId, amountInCents, status: "SUCCEEDED" });
    expect(await findOrder(orderId)).toMatchObject({ paidInCents: amountInCents });
    await charge({ orderId, amountInCents: 1, status: "SUCCEEDED" });
    const query = "query ($id: ID!) { order(id: $id) { paidInCents } }";
    const answer = await server.send<{ order: null }>(merchant.token, query, { id: orderId });
    expect(answer.data).toEqual({ order: null });
    expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual([
      "INTERNAL_SERVER_ERROR",
    ]);
  });
});

describe.each([
  ["customers", () => createCustomer(server, merchant.token, { name: "A customer" })],
  ["orders", () => createOrder(server, merchant.token, {})],
] as const)("the numbers of %s", (list, create) => {
  const next = async (): Promise<number> => (await accepted<{ number: number }>(create())).number;

  beforeEach(async () => {
    merchant = await server.createMerchant();
  });

  it("are 1, 2, 3, ... for each merchant, without gaps for refused inputs", async () => {
    expect([await next(), await next()]).toEqual([1, 2]);
    const first = merchant;
    merchant = await server.createMerchant();
    expect(await next()).toBe(1);
    merchant = first;
    await refusals(createCustomer(server, merchant.token, { name: "" }));
    await refusals(createOrder(server, merchant.token, { totalInCents: -1 }));
    expect(await next()).toBe(3);
  });

  it("have no gaps or repetitions with 20 concurrent callers", async () => {
    const taken = await Promise.all(Array.from({ length: 20 }, next));
    const expected = Array.from({ length: 20 }, (_, n) => n + 1);
    expect(taken.toSorted((a, b) => a - b)).toEqual(expected);
    const query = `{ ${list}(first: 100, sort: [{ field: NUMBER }]) { nodes { number } } }`;
    expect(await server.ask(merchant.token, query)).toEqual({
      [list]: { nodes: expected.map((number) => ({ number })) },
    });
  });
});

describe("a payment method", () => {
  it("has the values of its input, with and without a customer", async () => {
    const created = await method();
    expect(created).toEqual({
      id: UUID,
      createdAt: TIMESTAMP,
      updatedAt: created.createdAt,
      ...METHOD,
      customerId: null,
    });
    expect(await payments.findMethod(server, merchant.token, created.id)).toEqual(created);
    const given = { customerId: (await customer()).id, label: "😀".repeat(255) };
    expect(await method(given)).toMatchObject(given);
  });

  const REFUSED: [string, string, Input][] = [
    ...["identifier", "methodType", "label"].flatMap((field): [string, string, Input][] => [
      ["REQUIRED", field, { [field]: "" }],
      ["REQUIRED", field, { [field]: " \t" }],
      ["TOO_LONG", field, { [field]: "a".repeat(256) }],
      ["INVALID", field, { [field]: "a\u0000" }],
    ]),
    ...UNKNOWN_IDS.map((customerId): [string, string, Input] => [
      "NOT_FOUND",
      "customerId",
      { customerId },
    ]),
  ];

  it.each(named(REFUSED))("is refused with %s on %s: %s", async (code, field, _, given) => {
    const input = { ...METHOD, ...given };
    expect(await refusalsOf(() => createMethod(server, merchant.token, input))).toEqual([
      [code, field],
    ]);
  });

  it("is refused with all of its problems at once", async () => {
    const input = { ...METHOD, identifier: "", methodType: "a".repeat(256), customerId: "abc" };
    expect(await refusalsOf(() => createMethod(server, merchant.token, input))).toEqual([
      ["NOT_FOUND", "customerId"],
      ["REQUIRED", "identifier"],
      ["TOO_LONG", "methodType"],
    ]);
  });

  it("loses its customer when detached, once, while past payments keep both", async () => {
    const customerId = (await customer()).id;
    const before = await method({ customerId });
    const paymentMethodId = before.id;
    const owners = { customerId, paymentMethodId };
    const charged = await charge({ mode: "OFF_SESSION", ...owners });
    const authorized = await authorization({ mode: "OFF_SESSION", ...owners });

    const detached = await accepted(payments.detachMethod(server, merchant.token, before.id));
    expect(detached).toEqual({ ...before, customerId: null, updatedAt: TIMESTAMP });
    expect(detached.updatedAt > before.updatedAt).toBe(true);
    expect(await accepted(payments.detachMethod(server, merchant.token, before.id))).toEqual(
      detached,
    );
    const query = `query ($charge: ID!, $authorization: ID!, $customers: [ID!]) {
      paymentCharge(id: $charge) { customerId paymentMethodId paymentMethod { id customerId } }
      paymentAuthorization(id: $authorization) {
        customerId paymentMethodId paymentMethod { id customerId }
      }
      paymentMethods(filter: { customerId: { eq: $customers } }) { totalCount }
    }`;
    const kept = { ...owners, paymentMethod: { id: paymentMethodId, customerId: null } };
    expect(
      await server.ask(merchant.token, query, {
        charge: charged.id,
        authorization: authorized.id,
        customers: [customerId],
      }),
    ).toEqual({
      paymentCharge: kept,
      paymentAuthorization: kept,
      paymentMethods: { totalCount: 0 },
    });
  });

  it.each(UNKNOWN_IDS)("with the id %j is NOT_FOUND to detach and null to find", async (id) => {
    await expectNotFound(payments.DETACH_METHOD, id);
    expect(await payments.findMethod(server, merchant.token, id)).toBeNull();
  });
});

describe("the relations of customers and orders", () => {
  it("are those of the record, through every path", async () => {
    const { id: customerId } = await customer();
    const { id: orderId } = await order({ customerId });
    const ids = [(await charge({ orderId })).id, (await charge({ customerId })).id];
    await charge({});
    const query = `query ($customer: ID!, $order: ID!) {
      customer(id: $customer) {
        paymentCharges(sort: [{ field: CREATED_AT }]) { nodes { id customer { id } } totalCount }
      }
      order(id: $order) {
        customer { id name } paymentCharges { nodes { id order { id } } totalCount }
      }
    }`;
    const variables = { customer: customerId, order: orderId };
    expect(await server.ask(merchant.token, query, variables)).toEqual({
      customer: {
        paymentCharges: {
          nodes: ids.map((id) => ({ id, customer: { id: customerId } })),
          totalCount: 2,
        },
      },
      order: {
        customer: { id: customerId, name: "A customer" },
        paymentCharges: { nodes: [{ id: ids[0], order: { id: orderId } }], totalCount: 1 },
      },
    });
  });
});

describe("payments", () => {
  beforeEach(async () => {
    merchant = await server.createMerchant();
  });

  interface Owner {
    __typename: string;
    id: string;
  }
  interface Payment extends Record<string, unknown> {
    id: string;
    owner: Owner;
  }
  interface Page {
    payments: {
      edges: { cursor: string }[];
      nodes: Payment[];
      totalCount: number;
      pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean };
    };
  }
  const FIELDS = `id createdAt updatedAt status amountInCents depositInCents totalInCents currency
    orderId order { id }
    owner {
      __typename
      ... on PaymentCharge { id } ... on PaymentRefund { id } ... on PaymentAuthorization { id }
    }`;
  const PAYMENT = `query ($id: ID!) { payment(id: $id) { ${FIELDS} } }`;
  const PAYMENTS = `query (
    $filter: PaymentFilter, $sort: [PaymentSort!], $page: PageInput
    $first: Int, $after: String, $last: Int, $before: String
  ) {
    payments(
      filter: $filter, sort: $sort, page: $page
      first: $first, after: $after, last: $last, before: $before
    ) {
      edges { cursor } nodes { ${FIELDS} } totalCount pageInfo { hasNextPage hasPreviousPage }
    }
  }`;
  const findPayment = async (id: string): Promise<Payment | null> =>
    (await server.ask<{ payment: Payment | null }>(merchant.token, PAYMENT, { id })).payment;
  const list = async (variables: Input = {}): Promise<Page["payments"]> =>
    (await server.ask<Page>(merchant.token, PAYMENTS, variables)).payments;
  const idsOf = async (variables: Input = {}): Promise<string[]> => {
    const { nodes, totalCount } = await list({ first: 100, ...variables });
    expect(totalCount).toBe(nodes.length);
    return nodes.map(({ id }) => id);
  };

  type Shown = payments.PaymentCharge | payments.PaymentRefund | payments.PaymentAuthorization;
  function paymentOf(__typename: string, of: Shown): Payment {
    const { id, createdAt, updatedAt, status, orderId } = of;
    const { amountInCents, depositInCents, totalInCents, currency } = of;
    const order = orderId === null ? null : { id: orderId };
    return {
      ...{ createdAt, updatedAt, status, amountInCents, depositInCents, totalInCents },
      ...{ id: payments.paymentIdOf(id), currency, orderId, order, owner: { __typename, id } },
    };
  }

  /** Nine payments, alternating between the three kinds, oldest first. Every third belongs to the order. */
  async function nine(orderId: string): Promise<[ids: string[], kinds: Record<string, string[]>]> {
    const kinds = {
      PAYMENT_CHARGE: [] as string[],
      PAYMENT_REFUND: [] as string[],
      PAYMENT_AUTHORIZATION: [] as string[],
    };
    const ids: string[] = [];
    for (const given of [{}, { orderId }, {}]) {
      const { paymentIdOf } = payments;
      kinds.PAYMENT_CHARGE.push(paymentIdOf((await charge(given)).id));
      kinds.PAYMENT_REFUND.push(paymentIdOf((await refund({ provider: "NONE", ...given })).id));
      kinds.PAYMENT_AUTHORIZATION.push(paymentIdOf((await authorization(given)).id));
      for (const made of Object.values(kinds)) ids.push(made.at(-1)!);
    }
    return [ids, kinds];
  }

  it("show a charge, a refund and an authorization with their owner's status and amounts", async () => {
    const { id: orderId } = await order({ currency: "EUR" });
    const given = { depositInCents: 5, orderId };
    const charged = await charge(given);
    const refunded = await refund({ ...given, provider: "NONE", orderId: null, currency: "JPY" });
    const authorized = await authorization({ ...given, status: "EXPIRED" });
    const expected = [
      paymentOf("PaymentAuthorization", authorized),
      paymentOf("PaymentRefund", refunded),
      paymentOf("PaymentCharge", charged),
    ];
    for (const payment of expected) {
      expect(await findPayment(payment.id)).toEqual(payment);
      expect(await findPayment(payment.id.toUpperCase())).toEqual(payment);
      expect(await findPayment(payment.owner.id)).toEqual(payment);
    }
    expect((await list()).nodes).toEqual(expected);

    const query = `{
      paymentCharges { nodes { payment { ${FIELDS} } } }
      paymentRefunds { nodes { payment { ${FIELDS} } } }
      paymentAuthorizations { nodes { payment { ${FIELDS} } } }
    }`;
    expect(await server.ask(merchant.token, query)).toEqual({
      paymentAuthorizations: { nodes: [{ payment: expected[0] }] },
      paymentRefunds: { nodes: [{ payment: expected[1] }] },
      paymentCharges: { nodes: [{ payment: expected[2] }] },
    });
  });

  it("follow every change of their owners", async () => {
    const { id } = await charge({});
    for (const input of [{ amountInCents: 7, currency: "JPY" }, { status: "SUCCEEDED" }]) {
      const changed = await accepted(payments.updateCharge(server, merchant.token, id, input));
      expect(await findPayment(id)).toEqual(paymentOf("PaymentCharge", changed));
    }
    await refund({ paymentChargeId: id, provider: "NONE", amountInCents: 1 });
    const now = await payments.findCharge(server, merchant.token, id);
    expect(await findPayment(id)).toEqual(paymentOf("PaymentCharge", now!));
  });

  it.each(UNKNOWN_IDS)("are null for the id %j", async (id) => {
    expect(await findPayment(id)).toBeNull();
  });

  it("come newest first, or sorted by createdAt or updatedAt either way", async () => {
    const [ids] = await nine((await order()).id);
    expect(await idsOf()).toEqual(ids.toReversed());
    const sort = (field: string, direction: string): Input => ({ sort: [{ field, direction }] });
    expect(await idsOf(sort("CREATED_AT", "ASC"))).toEqual(ids);
    expect(await idsOf(sort("CREATED_AT", "DESC"))).toEqual(ids.toReversed());
    const [first, ...rest] = ids;
    const { owner } = (await findPayment(first!))!;
    const touched = { description: "touched" };
    await accepted(payments.updateCharge(server, merchant.token, owner.id, touched));
    expect(await idsOf(sort("UPDATED_AT", "ASC"))).toEqual([...rest, first]);
    expect(await idsOf(sort("UPDATED_AT", "DESC"))).toEqual([first, ...rest.toReversed()]);
  });

  it("can be filtered by kind, order, id and time", async () => {
    const { id: orderId } = await order();
    const [ids, kinds] = await nine(orderId);
    for (const [kind, owned] of Object.entries(kinds)) {
      expect(await idsOf({ filter: { ownerType: { eq: [kind] } } })).toEqual(owned.toReversed());
      const others = ids.filter((id) => !owned.includes(id)).toReversed();
      expect(await idsOf({ filter: { ownerType: { notEq: [kind] } } })).toEqual(others);
    }
    const both = { eq: ["PAYMENT_CHARGE", "PAYMENT_REFUND"] };
    const ofOrder = [ids[5], ids[4], ids[3]];
    expect(await idsOf({ filter: { orderId: { eq: [orderId] } } })).toEqual(ofOrder);
    expect(await idsOf({ filter: { orderId: { isNull: true } } })).toEqual([
      ...ids.slice(6).reverse(),
      ...ids.slice(0, 3).reverse(),
    ]);
    expect(await idsOf({ filter: { orderId: { eq: [orderId] }, ownerType: both } })).toEqual(
      ofOrder.slice(1),
    );
    expect(await idsOf({ filter: { id: { eq: [ids[7], ids[0], newId()] } } })).toEqual([
      ids[7],
      ids[0],
    ]);
    const { owner } = (await findPayment(ids[7]!))!;
    expect(await idsOf({ filter: { id: { eq: [owner.id] } } })).toEqual([ids[7]]);
    expect(await idsOf({ filter: { id: { notEq: [owner.id, ids[8]] } } })).toEqual(
      ids.slice(0, 7).reverse(),
    );
    const { createdAt } = (await findPayment(ids[6]!))!;
    expect(await idsOf({ filter: { createdAt: { gte: createdAt } } })).toEqual(
      ids.slice(6).reverse(),
    );
    expect(await idsOf({ filter: { not: { updatedAt: { gte: createdAt } } } })).toEqual(
      ids.slice(0, 6).reverse(),
    );
  });

  it("can be paged by cursors across the kinds, forwards and backwards, while records are added", async () => {
    const ids = (await nine((await order()).id))[0].reverse();
    const walked: string[] = [];
    let page = await list({ first: 2 });
    while (page.pageInfo.hasNextPage) {
      walked.push(...page.nodes.map(({ id }) => id));
      await charge({});
      page = await list({ first: 2, after: page.edges.at(-1)!.cursor });
    }
    expect([...walked, ...page.nodes.map(({ id }) => id)]).toEqual(ids);

    const sort = [{ field: "CREATED_AT", direction: "ASC" }];
    const filter = { id: { eq: ids } };
    const back: string[] = [];
    page = await list({ sort, filter, last: 4 });
    expect(page.totalCount).toBe(9);
    while (page.pageInfo.hasPreviousPage) {
      back.unshift(...page.nodes.map(({ id }) => id));
      page = await list({ sort, filter, last: 4, before: page.edges[0]!.cursor });
    }
    expect([...page.nodes.map(({ id }) => id), ...back]).toEqual(ids.toReversed());
  });

  it("can be paged by number, and refuse the cursor of another list or sort", async () => {
    const ids = (await nine((await order()).id))[0].reverse();
    const { nodes, totalCount } = await list({ page: { number: 2, size: 4 } });
    expect([nodes.map(({ id }) => id), totalCount]).toEqual([ids.slice(4, 8), 9]);

    const charges = "{ paymentCharges(first: 1) { edges { cursor } } }";
    interface Charges {
      paymentCharges: Page["payments"];
    }
    const { paymentCharges } = await server.ask<Charges>(merchant.token, charges);
    const sorted = await list({ sort: [{ field: "UPDATED_AT" }], first: 1 });
    for (const { edges } of [paymentCharges, sorted]) {
      const after = edges[0]!.cursor;
      const { errors } = await server.send(merchant.token, PAYMENTS, { after });
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(["BAD_USER_INPUT"]);
    }
  });
});
