import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MERCHANT_SCOPES } from "../../src/callers/api-scope.js";
import { newId } from "../../src/shared/uuid.js";
import { type Input, differenceFrom, equivalentOf } from "../support/equivalent-inputs.js";
import {
  type MerchantData,
  type PaymentOutcome,
  accepted,
  createAuthorization,
  createCharge,
  createCustomer,
  createMethod,
  createOrder,
  createRefund,
  idOf,
  refusals,
  updateAuthorization,
  updateCharge,
  updateOrder,
  updateRefund,
} from "../support/payments.js";
import { CHARGES, JSON_API, RestClient, creating } from "../support/rest.js";
import { type TestMerchant, TestServer } from "../support/server.js";
import { runs } from "../support/runs.js";

let server: TestServer;
let rest: RestClient;

beforeAll(async () => {
  server = await TestServer.start();
  rest = await RestClient.of(server);
});

afterAll(() => server.stop());

/** The records that an input can refer to. */
interface World {
  merchant: TestMerchant;
  customers: [string, string];
  /** An EUR order of the first customer, and a USD order without a customer. */
  orders: [string, string];
  method: string;
  /** Two identical authorizations. */
  authorizations: [string, string];
  charge: string;
}

async function newWorld(): Promise<World> {
  const merchant = await server.createMerchant();
  const { token } = merchant;
  const customer = (): Promise<string> => idOf(createCustomer(server, token, { name: "C" }));
  const customers: [string, string] = [await customer(), await customer()];
  const order = (input: Input): Promise<string> => idOf(createOrder(server, token, input));
  const method = { provider: "STRIPE", identifier: "pm", methodType: "card" };
  const held = {
    ...{ mode: "REQUEST", status: "SUCCEEDED", currency: "EUR" },
    ...{ amountInCents: 5_000, depositInCents: 5_000, provider: "APP" },
  };
  const hold = (): Promise<string> => idOf(createAuthorization(server, token, held));
  const orders: [string, string] = [
    await order({ customerId: customers[0], currency: "EUR" }),
    await order({ currency: "USD" }),
  ];
  const paid = { ...{ amountInCents: 1e6, depositInCents: 1e6 }, status: "SUCCEEDED" };
  return {
    merchant,
    customers,
    orders,
    method: await idOf(createMethod(server, token, method)),
    authorizations: [await hold(), await hold()],
    charge: await idOf(createCharge(server, token, { ...paid, orderId: orders[0] })),
  };
}

/** Changes every source of a default. */
async function changeDefaults({ merchant, customers, orders }: World): Promise<void> {
  await server.database.pool.query("update merchants set default_currency = 'JPY' where id = $1", [
    merchant.id,
  ]);
  for (const id of orders) {
    await accepted(updateOrder(server, merchant.token, id, { customerId: customers[1] }));
  }
}

/** Replaces the input's authorization with the other one, if it has one. */
function otherAuthorization({ paymentAuthorizationId }: Input, { authorizations }: World): Input {
  return paymentAuthorizationId == null ? {} : { paymentAuthorizationId: authorizations[1] };
}

type Send = (token: string, input: Input) => Promise<PaymentOutcome<{ id: string }>>;

const REUSED = [["IDEMPOTENCY_KEY_REUSED", "idempotencyKey"]];

/** The same input through REST, with REST's names. */
async function createByRest(token: string, { idempotencyKey, ...input }: Input): ReturnType<Send> {
  const attributes = Object.entries(input).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    ["status", "mode", "provider"].includes(name) && typeof value === "string"
      ? value.toLowerCase()
      : Array.isArray(value)
        ? Object.fromEntries((value as MerchantData["metadata"]).map((one) => [one.key, one.value]))
        : value,
  ]);
  const answer = await rest.send<{ data?: { id: string }; errors?: { code: string }[] }>(
    "POST",
    CHARGES,
    {
      token,
      body: creating(Object.fromEntries(attributes) as Input),
      headers: { "idempotency-key": idempotencyKey as string, "content-type": JSON_API },
    },
  );
  const userErrors = (answer.body.errors ?? []).map(({ code }) => ({
    code,
    message: "",
    field: [],
  }));
  return { record: answer.body.data ?? null, userErrors };
}

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const instant = fc
  .integer({ min: Date.parse("1950-01-02"), max: Date.parse("2026-01-01") })
  .chain((ms) => fc.integer({ min: 0, max: 999 }).map((micros) => [ms, micros] as const))
  .map(
    ([ms, micros]) =>
      `${new Date(ms).toISOString().slice(0, 23)}${String(micros).padStart(3, "0")}Z`,
  );
const text = optional(fc.constantFrom("", "a", "A", "á", " a"));
const amounts = {
  amountInCents: fc.integer({ min: 0, max: 1_000 }),
  depositInCents: optional(fc.constantFrom(0, 7)),
};
const metadata = fc.uniqueArray(
  fc.record({ key: fc.constantFrom("a", "b", "1", "10"), value: fc.constantFrom("", "a", "1") }),
  { minLength: 1, selector: ({ key }) => key },
);
const texts = {
  ...{ description: text, providerId: text, providerMethod: text, reference: text },
  metadata: optional(metadata),
};

/** Adapts the input's currency and customer to its order. */
function fitOrder(input: Input, customers: World["customers"], orders: World["orders"]): Input {
  const fit = { ...input };
  const currency = { [orders[0]]: "EUR", [orders[1]]: "USD" }[String(fit["orderId"])];
  if (currency !== undefined && fit["currency"] !== undefined) fit["currency"] = currency;
  if (fit["orderId"] === orders[0] && fit["customerId"] !== undefined) {
    fit["customerId"] = customers[0];
  }
  return fit;
}

interface Kind {
  readonly fields: readonly string[];
  readonly input: (world: World) => fc.Arbitrary<Input>;
  readonly senders: readonly Send[];
  readonly update: (token: string, id: string) => Promise<unknown>;
}

const CHARGE: Kind = {
  fields: [
    ...["status", "mode", "provider", "amountInCents", "depositInCents", "currency", "description"],
    ...["providerId", "providerMethod", "providerSecret", "succeededAt", "orderId", "customerId"],
    ...["paymentMethodId", "paymentAuthorizationId", "reference", "metadata"],
  ],
  input: ({ customers, orders, method, authorizations }) => {
    const any = fc.record({
      ...amounts,
      ...texts,
      status: optional(fc.constantFrom("CREATED", "STARTED", "SUCCEEDED", "FAILED")),
      mode: optional(fc.constantFrom("MANUAL", "REQUEST", "TERMINAL", "OFF_SESSION", "CAPTURE")),
      provider: optional(fc.constantFrom("STRIPE", "APP", "NONE")),
      currency: optional(fc.constantFrom("USD", "EUR", "GBP")),
      providerSecret: text,
      succeededAt: optional(instant),
      orderId: optional(fc.constantFrom(...orders)),
      customerId: optional(fc.constantFrom(...customers)),
      paymentMethodId: optional(fc.constant(method)),
      paymentAuthorizationId: optional(fc.constant(authorizations[0])),
    });
    // Make inputs valid, because the rules would refuse most random ones.
    return any.map((input) => {
      const fit: Input = { ...input };
      if (fit["succeededAt"] !== undefined) fit["status"] = "SUCCEEDED";
      if (fit["mode"] === "OFF_SESSION") fit["paymentMethodId"] = method;
      if (fit["mode"] === "CAPTURE") fit["paymentAuthorizationId"] = authorizations[0];
      if (fit["paymentAuthorizationId"] !== undefined) {
        if (fit["provider"] === "STRIPE") fit["provider"] = "APP";
        if (fit["orderId"] === orders[1]) delete fit["orderId"];
        if (fit["currency"] !== undefined) fit["currency"] = "EUR";
      }
      return fitOrder(fit, customers, orders);
    });
  },
  senders: [(token, input) => createCharge(server, token, input), createByRest],
  update: (token, id) =>
    updateCharge(server, token, id, {
      ...{ status: "FAILED", description: "later", providerSecret: "later" },
      ...{ providerId: "later", providerMethod: "later", reference: "later", metadata: [] },
    }),
};

const AUTHORIZATION: Kind = {
  fields: [
    ...["status", "mode", "provider", "amountInCents", "depositInCents", "currency"],
    ...["captureBefore", "description", "providerId", "providerMethod", "providerSecret"],
    ...["orderId", "customerId", "paymentMethodId", "reference", "metadata"],
  ],
  input: ({ customers, orders, method }) =>
    fc
      .record({
        ...amounts,
        ...texts,
        status: optional(fc.constantFrom("CREATED", "STARTED", "SUCCEEDED", "CAPTURED")),
        mode: fc.constantFrom("OFF_SESSION", "REQUEST", "TERMINAL"),
        provider: optional(fc.constantFrom("STRIPE", "APP")),
        currency: optional(fc.constantFrom("USD", "EUR", "GBP")),
        captureBefore: optional(instant),
        providerSecret: text,
        orderId: optional(fc.constantFrom(...orders)),
        customerId: optional(fc.constantFrom(...customers)),
        paymentMethodId: fc.constant(method),
      })
      .map((input) => fitOrder(input, customers, orders)),
  senders: [(token, input) => createAuthorization(server, token, input)],
  update: (token, id) =>
    updateAuthorization(server, token, id, {
      ...{ description: "later", captureBefore: null, providerSecret: null, status: "FAILED" },
    }),
};

const REFUND: Kind = {
  fields: [
    ...["paymentChargeId", "status", "provider", "amountInCents", "depositInCents", "currency"],
    ...["description", "reason", "providerId", "providerMethod", "orderId", "customerId"],
    ...["reference", "metadata"],
  ],
  input: ({ charge, customers, orders }) =>
    fc
      .record({
        ...amounts,
        ...texts,
        reason: text,
        paymentChargeId: optional(fc.constant(charge)),
        status: optional(fc.constantFrom("CREATED", "PENDING", "SUCCEEDED", "FAILED")),
        provider: optional(fc.constantFrom("STRIPE", "NONE")),
        currency: optional(fc.constantFrom("USD", "EUR", "GBP")),
        orderId: optional(fc.constantFrom(...orders)),
        customerId: optional(fc.constantFrom(...customers)),
      })
      .map((input) => {
        const fit: Input = { ...input };
        if (fit["paymentChargeId"] === undefined) fit["provider"] = "NONE";
        else if (fit["orderId"] !== undefined) fit["orderId"] = orders[0];
        else if (fit["currency"] !== undefined) fit["currency"] = "EUR";
        if (fit["paymentChargeId"] !== undefined && fit["customerId"] !== undefined) {
          fit["customerId"] = customers[0];
        }
        return fitOrder(fit, customers, orders);
      }),
  senders: [(token, input) => createRefund(server, token, input)],
  update: (token, id) =>
    updateRefund(server, token, id, { description: "later", reason: null, status: "FAILED" }),
};

describe.each([
  ["createPaymentCharge", CHARGE],
  ["createPaymentAuthorization", AUTHORIZATION],
  ["createPaymentRefund", REFUND],
])("%s with an idempotency key", (_, { fields, input: inputOf, senders, update }) => {
  it("returns one record for all equivalent inputs, and refuses every other input", async () => {
    const property = fc.asyncProperty(fc.gen(), async (gen) => {
      const pick = <T>(arbitrary: fc.Arbitrary<T>): T => gen(() => arbitrary);
      const world = await newWorld();
      const { token } = world.merchant;
      const plain = pick(inputOf(world));
      // An authorization can be captured only once, so use the other one to find the defaults.
      const shown = await senders[0]!(token, { ...plain, ...otherAuthorization(plain, world) });
      fc.pre(shown.record !== null);
      const idempotencyKey = randomUUID();
      const send = (input: Input): ReturnType<Send> =>
        pick(fc.constantFrom(...senders))(token, { ...input, idempotencyKey });

      const defaults = { ...shown.record, succeededAt: null };
      const { id } = await accepted(send(pick(equivalentOf(plain, defaults, fields))));
      const written = (await accepted(senders[0]!(token, { ...plain, idempotencyKey }))) as Input;
      expect(written).toMatchObject({ id });
      if (pick(fc.boolean())) {
        await update(token, id);
        await changeDefaults(world);
      }
      for (let times = 0; times < 3; times++) {
        const again = pick(equivalentOf(plain, written, fields));
        expect(await accepted(send(again)), JSON.stringify(again)).toMatchObject({ id });
      }
      for (let times = 0; times < 3; times++) {
        const other = {
          ...pick(equivalentOf(plain, written, fields)),
          ...pick(differenceFrom(plain, written, fields)),
        };
        const { record, userErrors } = await send(other);
        const codes = userErrors.map(({ code }) => code);
        expect([record, codes], JSON.stringify(other)).toEqual([null, ["IDEMPOTENCY_KEY_REUSED"]]);
      }
    });
    await fc.assert(property, { numRuns: runs(3), endOnFailure: true });
  });
});

describe("a retry", () => {
  const create = (token: string, input: Input): ReturnType<Send> =>
    createCharge(server, token, { amountInCents: 5, ...input });

  it("returns the same record after the first request captured the authorization", async () => {
    const { merchant, authorizations } = await newWorld();
    const input = {
      ...{ mode: "CAPTURE", status: "SUCCEEDED", idempotencyKey: randomUUID() },
      paymentAuthorizationId: authorizations[0],
    };
    const { id } = await accepted(create(merchant.token, input));
    const again = { ...input, paymentAuthorizationId: authorizations[0].toUpperCase() };
    expect(await accepted(create(merchant.token, again))).toMatchObject({ id });
    const other = { ...input, paymentAuthorizationId: authorizations[1] };
    expect(await refusals(create(merchant.token, other))).toEqual(REUSED);
  });

  it("refuses a retry with an invalid value in place of one that was left out", async () => {
    const { merchant } = await newWorld();
    const key = { idempotencyKey: randomUUID() };
    const input = { amountInCents: 0, depositInCents: 5, ...key };
    await accepted(create(merchant.token, input));
    for (const wrong of [
      { orderId: "x" },
      { orderId: newId() },
      { customerId: "" },
      { amountInCents: null },
      { succeededAt: "2020-01-01T00:00:00Z" },
    ]) {
      const refused = create(merchant.token, { ...input, ...wrong });
      expect(await refusals(refused), JSON.stringify(wrong)).toEqual(REUSED);
    }
  });

  it("accepts a retry that leaves out the original default, and refuses one that leaves out the new default", async () => {
    const world = await newWorld();
    const { token } = world.merchant;
    const [first, second] = [randomUUID(), randomUUID()];
    const one = await accepted(create(token, { idempotencyKey: first }));
    await accepted(create(token, { idempotencyKey: second, currency: "JPY" }));
    await changeDefaults(world);
    for (const currency of [undefined, null, "USD", "usd"]) {
      const again = create(token, { idempotencyKey: first, currency });
      expect(await accepted(again)).toMatchObject({ id: one.id });
    }
    const wrong = create(token, { idempotencyKey: first, currency: "JPY" });
    expect(await refusals(wrong)).toEqual(REUSED);
    expect(await refusals(create(token, { idempotencyKey: second }))).toEqual(REUSED);
  });
});

describe("a retry with another providerSecret", () => {
  let token: string;
  let blind: string;

  beforeAll(async () => {
    const { id, ...merchant } = await server.createMerchant();
    token = merchant.token;
    const scopes = MERCHANT_SCOPES.filter((scope) => scope !== "PROVIDER_SECRETS_READ");
    blind = await server.createToken({ merchantId: id, scopes });
  });

  const SECRETS = ["the secret", "THE SECRET", "a guess", "", null, undefined];

  it.each<[string, Send, Input]>([
    ["a charge", (by, input) => createCharge(server, by, input), {}],
    ["a charge by REST", createByRest, {}],
    [
      "an authorization",
      (by, input) => createAuthorization(server, by, input),
      { mode: "REQUEST" },
    ],
  ])("of %s returns the same record to tokens that may not read secrets", async (_, send, more) => {
    for (const providerSecret of ["the secret", "", undefined]) {
      const input = { amountInCents: 5, idempotencyKey: randomUUID(), ...more };
      const { id } = await accepted(send(token, { ...input, providerSecret }));
      const answers = await Promise.all(
        SECRETS.map((guess) => send(blind, { ...input, providerSecret: guess })),
      );
      expect(answers[0]!.record).toMatchObject({ id });
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      for (const other of SECRETS) {
        const outcome = send(token, { ...input, providerSecret: other });
        const isSame = (other ?? undefined) === providerSecret;
        if (isSame) expect(await accepted(outcome)).toMatchObject({ id });
        else expect((await outcome).userErrors.map(({ code }) => code)).toEqual([REUSED[0]![0]]);
      }
    }
  });
});
