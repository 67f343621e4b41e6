import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Currency } from "../../src/shared/currency.js";
import { expectLedgerToBalance } from "../support/ledger.js";
import {
  AUTHORIZATION_STATUSES,
  CHARGE_STATUSES,
  Findings,
  type Input,
  PARTS,
  type Payment,
  PaymentModel,
  REFUND_STATUSES,
  type Verdict,
  canBeCaptured,
  releasedOf,
} from "../support/payment-model.js";
import {
  AUTHORIZATION_FIELDS,
  CHARGE_FIELDS,
  CREATE_AUTHORIZATION,
  CREATE_CHARGE,
  CREATE_REFUND,
  type PaymentOutcome,
  REFUND_FIELDS,
  UPDATE_AUTHORIZATION,
  UPDATE_CHARGE,
  UPDATE_REFUND,
  accepted,
  paymentIdOf,
  createCustomer,
  createMethod,
  createOrder,
} from "../support/payments.js";
import { TestServer, made } from "../support/server.js";
import { assertCovering, runs } from "../support/runs.js";

let server: TestServer;

beforeAll(async () => {
  // One document reads every record with all relations.
  server = await TestServer.start({ documentLimits: { cost: 1_000_000 } });
});

afterAll(() => server.stop());

// --- random steps: a reference is a number that selects one of the existing records -----------------

type Kind = "charge" | "refund" | "authorization";
type Reference = { own: number } | { foreign: number } | string | null;
interface Step {
  readonly merchant: number;
  readonly kind: Kind;
  readonly input: Readonly<Record<string, unknown>>;
  /** The record to update; without it, the step creates a record. */
  readonly target?: Reference | undefined;
  readonly expecting?: "present" | "first" | undefined;
  readonly key?: number | undefined;
  /** Repeats the last input with an idempotency key. */
  readonly again?: "same" | "changed" | undefined;
}

type Random<T> = fc.Arbitrary<T>;
const any = fc.constantFrom;
const weighed = <T>(...all: [weight: number, arbitrary: Random<T>][]): Random<T> =>
  fc.oneof(...all.map(([weight, arbitrary]) => ({ weight, arbitrary })));
const sometimes = <T>(oneIn: number, value: Random<T>): Random<T | undefined> =>
  weighed<T | undefined>([oneIn - 1, any(undefined)], [1, value]);
const usually = <T>(usual: Random<T>, ...odd: T[]): Random<T> =>
  weighed([24, usual], [1, any(...odd)]);
const cents = (min: number, max: number): Random<number | null> => fc.integer({ min, max });

const own: Random<Reference> = fc.record({ own: fc.nat(99) });
const foreign: Random<Reference> = fc.record({ foreign: fc.nat(99) });
const noId: Random<Reference> = any<Reference>("01988f7a-d22b-7c3d-977f-27af99c2a5a5", "", "no id");
const reference = weighed<Reference>([40, own], [1, foreign], [1, noId], [1, any<Reference>(null)]);
const description = any(null, "", "one", "two");
const currency = any<(string | null)[]>("USD", "USD", "EUR");
const provider = any<(string | null)[]>("STRIPE", "NONE", "APP");
const among = (statuses: string[]): Random<string | null> =>
  any("SUCCEEDED", "SUCCEEDED", ...statuses);
const mode = usually<string | null>(
  any<(string | null)[]>("MANUAL", "MANUAL", "REQUEST", "TERMINAL", "OFF_SESSION"),
  "CAPTURE",
  "CHECKOUT",
);
const succeededAt = any("2024-01-02T03:04:05.678901Z", "2024-02-03T04:05:06.789012Z", null);
const future = "2999-01-01T00:00:00.000000Z";
const captureBefore = any("2020-01-01T00:00:00.000000Z", future, future, null);
const money = (most: number): Random<object> =>
  usually<object>(
    fc.oneof(
      fc.record({ amountInCents: cents(1, most) }),
      fc.record({ amountInCents: cents(0, most), depositInCents: cents(1, most) }),
    ),
    {},
    { amountInCents: null },
    { amountInCents: 0 },
    { amountInCents: -1 },
    { amountInCents: 5, depositInCents: -6 },
    { amountInCents: 2 ** 53 - 1, depositInCents: 1 },
  );
const owners = { orderId: sometimes(3, reference), customerId: sometimes(5, reference) };
const paymentMethodId = sometimes(4, reference);

const NEW = {
  charge: {
    status: sometimes(2, among(CHARGE_STATUSES)),
    mode: sometimes(2, mode),
    provider: sometimes(3, provider),
    currency: sometimes(12, currency),
    description: sometimes(4, description),
    succeededAt: sometimes(12, succeededAt),
    ...{ ...owners, paymentMethodId, paymentAuthorizationId: sometimes(15, reference) },
  },
  capture: {
    mode: any("CAPTURE"),
    status: any("SUCCEEDED", "CREATED"),
    provider: sometimes(8, provider),
    currency: sometimes(12, currency),
    ...{ paymentAuthorizationId: reference, orderId: sometimes(6, reference) },
  },
  refund: {
    status: sometimes(2, among(REFUND_STATUSES)),
    provider: sometimes(3, provider),
    currency: sometimes(12, currency),
    description: sometimes(4, description),
    paymentChargeId: weighed<Reference | undefined>([9, reference], [1, any(undefined)]),
    ...{ orderId: sometimes(12, reference), customerId: sometimes(12, reference) },
  },
  authorization: {
    status: among(AUTHORIZATION_STATUSES),
    mode: usually(any("REQUEST", "TERMINAL", "OFF_SESSION"), "CHECKOUT"),
    provider: sometimes(4, provider),
    currency: sometimes(12, currency),
    captureBefore: sometimes(3, captureBefore),
    ...{ ...owners, paymentMethodId },
  },
};
const CHANGED = {
  charge: {
    status: sometimes(2, usually(among(CHARGE_STATUSES), null)),
    mode: sometimes(10, usually(mode, null)),
    provider: sometimes(10, usually(provider, null)),
    amountInCents: sometimes(6, usually(cents(1, 90), 0, -1, null)),
    depositInCents: sometimes(10, usually(cents(0, 90), -1, null)),
    currency: sometimes(15, usually(currency, null)),
    description: sometimes(3, description),
    succeededAt: sometimes(10, succeededAt),
    paymentMethodId: sometimes(8, reference),
  },
  refund: {
    status: usually(among(REFUND_STATUSES), null),
    description: sometimes(4, description),
  },
  authorization: {
    status: sometimes(2, usually(among(AUTHORIZATION_STATUSES), null)),
    description: sometimes(4, description),
    captureBefore: sometimes(6, captureBefore),
  },
};

const merchant = any(0, 0, 0, 1, 2);
function creating(kind: Kind, most: number, fields: Record<string, Random<unknown>>): Random<Step> {
  return fc.record({
    ...{ merchant, kind: any(kind) },
    input: fc.tuple(money(most), fc.record(fields)).map(([sum, rest]) => ({ ...sum, ...rest })),
    key: sometimes(2, fc.nat(5)),
    again: sometimes(5, any("same" as const, "changed" as const)),
  });
}
function updating(kind: Kind, fields: Record<string, Random<unknown>>): Random<Step> {
  return fc.record({
    ...{ merchant, kind: any(kind), input: fc.record(fields) },
    target: weighed<Reference>([30, own], [1, foreign], [1, noId]),
    expecting: sometimes(2, any("present" as const, "first" as const, "first" as const)),
  });
}
const step = weighed<Step>(
  [5, creating("charge", 90, NEW.charge)],
  [3, creating("charge", 40, NEW.capture)],
  [6, creating("refund", 30, NEW.refund)],
  [3, creating("authorization", 90, NEW.authorization)],
  [5, updating("charge", CHANGED.charge)],
  [4, updating("charge", { status: any("SUCCEEDED") })],
  [6, updating("refund", CHANGED.refund)],
  [3, updating("authorization", CHANGED.authorization)],
);
const FIRST: Reference = { own: 0 };

/**
 * The initial steps of each merchant: a refundable charge, sent twice with one key, and an authorization, which
 * one merchant captures. They include refusals that are so rare by chance that a run might not contain them.
 */
const BEGINNING = [0, 1, 2].flatMap((who): Step[] => {
  const input = { status: "SUCCEEDED", amountInCents: 60, depositInCents: 20 };
  const held = { ...input, mode: "REQUEST", captureBefore: future };
  const capture = (amountInCents: number): Step => ({
    ...{ merchant: who, kind: "charge" },
    input: { status: "SUCCEEDED", mode: "CAPTURE", amountInCents, paymentAuthorizationId: FIRST },
  });
  const unpaid: Step = { merchant: who, kind: "charge", input: { amountInCents: 1 } };
  const refundOfUnpaid: Step = {
    ...{ merchant: who, kind: "refund" },
    input: { amountInCents: 1, paymentChargeId: { own: 2 } },
  };
  const change = { merchant: who, kind: "charge", target: FIRST } as const;
  const refused: Step[] = [
    { merchant: who, kind: "charge", input, again: "changed" },
    { merchant: who, kind: "charge", input: { amountInCents: 1, orderId: "no id" } },
    { merchant: who, kind: "refund", input: { amountInCents: 61, paymentChargeId: FIRST } },
    { ...change, input: { amountInCents: 1 } },
    { ...change, input: { description: "one" } },
    { ...change, input: { description: "two" }, expecting: "first" },
  ];
  return [
    { merchant: who, kind: "charge", input, key: 0 },
    { merchant: who, kind: "charge", input, again: "same" },
    { merchant: who, kind: "authorization", input: held },
    capture(61),
    ...(who === 2 ? [capture(60), capture(1), unpaid, refundOfUnpaid, ...refused] : []),
  ];
});

// --- what the server returns for a merchant, compared with the model --------------------------------

type Row = Record<string, unknown> & { id: string; updatedAt: string; createdAt: string };
interface Sums {
  count: number;
  sum: Record<string, string | null>;
}
/** A timestamp when it was last read, and the number of the change that set it. */
interface Timestamp {
  by: string | number | undefined;
  at: string | null | undefined;
}
interface State {
  charge: { nodes: Row[] };
  refund: { nodes: Row[] };
  authorization: { nodes: Row[] };
  payments: { totalCount: number; nodes: Row[] };
  orders: { nodes: { id: string; paidInCents: number }[] };
  groups: { groupBy: { key: { status: string; currency: string }; aggregate: Sums }[] };
  refunded: { aggregate: Sums };
  captured: { aggregate: Sums };
}

const SHOWN = "statusHistory(first: 100) { nodes { from to } }";
const sums = (list: string, status: string): string =>
  `${list}(filter: { status: { eq: [${status}] }, currency: { eq: ["USD"] } }) {
    aggregate { count sum { amountInCents depositInCents totalInCents } }
  }`;
const STATE = `query {
  charge: paymentCharges(first: 100) { nodes { ${CHARGE_FIELDS} ${SHOWN} } }
  refund: paymentRefunds(first: 100) { nodes { ${REFUND_FIELDS} ${SHOWN} } }
  authorization: paymentAuthorizations(first: 100) { nodes { ${AUTHORIZATION_FIELDS} ${SHOWN} } }
  payments(first: 100) { totalCount nodes { id status totalInCents currency orderId } }
  orders(first: 100) { nodes { id paidInCents } }
  groups: paymentCharges {
    groupBy(keys: [STATUS, CURRENCY]) {
      key { status currency }
      aggregate { count sum { amountInCents depositInCents totalInCents totalRefundedInCents } }
    }
  }
  refunded: ${sums("paymentRefunds", "SUCCEEDED")}
  captured: ${sums("paymentAuthorizations", "CAPTURED")}
}`;
const DOCUMENTS = {
  charge: { create: CREATE_CHARGE, update: UPDATE_CHARGE },
  refund: { create: CREATE_REFUND, update: UPDATE_REFUND },
  authorization: { create: CREATE_AUTHORIZATION, update: UPDATE_AUTHORIZATION },
};
const TIMESTAMPS = ["succeededAt", "failedAt", "canceledAt", "expiredAt", "capturedAt"];

const byId = <T extends { id: string }>(rows: T[]): T[] =>
  rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));

function sumsOf(payments: Payment[], refunded?: (payment: Payment) => number): Sums {
  const sum = (of: (payment: Payment) => number): string | null =>
    payments.length === 0 ? null : String(payments.reduce((all, it) => all + of(it), 0));
  return {
    count: payments.length,
    sum: {
      amountInCents: sum(({ amount }) => amount),
      depositInCents: sum(({ deposit }) => deposit),
      totalInCents: sum(({ amount, deposit }) => amount + deposit),
      ...(refunded && { totalRefundedInCents: sum(refunded) }),
    },
  };
}

/** Fields of the amount, the deposit and their total, such as `amountRefundedInCents`. */
function threefold(name: string, of: (part: "amount" | "deposit") => number) {
  const [amount, deposit] = [of("amount"), of("deposit")];
  return Object.fromEntries(
    Object.entries({ amount, deposit, total: amount + deposit }).map(([part, value]) => [
      `${part}${name}InCents`,
      value,
    ]),
  );
}

class Run {
  private readonly lists: Record<string, Map<string, { merchant: string }>>;
  private readonly seen = new Map<string, Record<string, Timestamp>>();
  private readonly sent = new Map<string, Input>();
  private readonly keys = Array.from({ length: 6 }, () => randomUUID());
  readonly tally: Record<string, number> = {};

  private constructor(
    private readonly model: PaymentModel,
    private readonly merchants: { id: string; token: string }[],
  ) {
    this.lists = {
      ...{ orderId: model.orders, customerId: model.customers, paymentMethodId: model.methods },
      ...{ paymentAuthorizationId: model.authorizations, paymentChargeId: model.charges },
      ...{ charge: model.charges, refund: model.refunds, authorization: model.authorizations },
    };
  }

  /** Starts with an empty database, so that runs do not affect each other. */
  static async begin(): Promise<Run> {
    await server.database.pool.query("truncate merchants cascade");
    const merchants = await Promise.all(
      ["USD", "USD", "EUR"].map(async (defaultCurrency) => {
        const input = { name: "A merchant", defaultCurrency: defaultCurrency as Currency };
        const { id } = made(await server.app.services.merchants.create(input));
        return { id, token: await server.createToken({ merchantId: id }), defaultCurrency };
      }),
    );
    const model = new PaymentModel(new Map(merchants.map((it) => [it.id, it.defaultCurrency])));
    for (const { id: owner, token } of merchants) {
      const one = await accepted(createCustomer(server, token, { name: "One" }));
      const two = await accepted(createCustomer(server, token, { name: "Two" }));
      for (const { id } of [one, two]) model.customers.set(id, { merchant: owner });
      for (const input of [
        { currency: "USD" },
        { currency: "USD", customerId: one.id },
        { currency: "EUR", customerId: two.id },
      ]) {
        const order = await accepted(createOrder(server, token, input));
        model.orders.set(order.id, { merchant: owner, ...order });
      }
      for (const customerId of [one.id, null]) {
        const card = { provider: "STRIPE", identifier: "pm_1", methodType: "card", label: "Card" };
        const method = await accepted(createMethod(server, token, { ...card, customerId }));
        model.methods.set(method.id, { merchant: owner, customerId });
      }
    }
    return new Run(model, merchants);
  }

  async take(step: Step): Promise<void> {
    const { id: owner, token } = this.merchants[step.merchant]!;
    const target = step.target === undefined ? "" : this.resolve(owner, step.kind, step.target);
    if (typeof target !== "string") return; // no such record exists yet
    const input = this.inputOf(owner, step, target);
    const verdict = this.judge(owner, step, target, input);
    const isNew = step.target === undefined;
    const document = DOCUMENTS[step.kind][isNew ? "create" : "update"];
    const variables = isNew ? { input } : { id: target, input };
    type Data = { outcome: PaymentOutcome<Row> } | null;
    const answer = await server.send<Data>(token, document, variables);
    if (verdict.kind === "not found") {
      expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(["NOT_FOUND"]);
      return;
    }
    expect(answer.errors).toBeUndefined();
    const { record, userErrors } = answer.data!.outcome;
    const refusals = userErrors.map(({ code, field }) => `${code} ${(field ?? []).join(".")}`);
    const { certain, possible } = verdict.kind === "refused" ? verdict.findings : NOTHING_FOUND;
    const unexpected = refusals.filter((refusal) => !possible.has(refusal) || certain.has(refusal));
    expect([unexpected.toSorted(), record === null]).toEqual([
      [...certain].sort(),
      certain.size > 0,
    ]);
    for (const refusal of refusals) this.count(refusal);
    if (record) this.expectRecord(record, verdict);

    const state = await this.expectStateOf(step.merchant);
    const shown = state[step.kind].nodes.find(({ id }) => id === record?.id);
    if (record) expect(shown).toMatchObject({ ...record, statusHistory: shown!["statusHistory"] });
  }

  private expectRecord({ id }: Row, verdict: Verdict): void {
    if (verdict.kind === "again") expect(id).toBe(verdict.payment.id);
    if (verdict.kind === "accepted") {
      const { captured } = verdict.apply(id);
      if (captured !== null) this.count("captured");
    }
    this.count(verdict.kind);
  }

  private count(answer: string): void {
    this.tally[answer] = (this.tally[answer] ?? 0) + 1;
  }

  async expectStateOf(index: number): Promise<State> {
    const { id: owner, token } = this.merchants[index]!;
    const state = await server.ask<State>(token, STATE);
    const ofOwner = (payments: Map<string, Payment>): Payment[] =>
      byId([...payments.values()].filter((payment) => payment.merchant === owner));
    const all = {
      charge: ofOwner(this.model.charges),
      refund: ofOwner(this.model.refunds),
      authorization: ofOwner(this.model.authorizations),
    };
    for (const kind of ["charge", "refund", "authorization"] as const) {
      const rows = byId(state[kind].nodes);
      expect(rows).toMatchObject(all[kind].map((payment) => this.viewOf(kind, payment)));
      for (const [position, row] of rows.entries())
        this.expectTimestamps(row, all[kind][position]!);
    }

    const payments = byId(Object.values(all).flat());
    expect(state.payments.totalCount).toBe(payments.length);
    expect(byId(state.payments.nodes)).toEqual(
      payments.map(({ id, status, amount, deposit, currency, orderId }) => {
        const totalInCents = amount + deposit;
        return { id: paymentIdOf(id), status, totalInCents, currency, orderId };
      }),
    );
    for (const { id, paidInCents } of state.orders.nodes) {
      expect([id, paidInCents]).toEqual([id, this.model.paidFor(id)]);
    }

    const groups = new Map<string, Payment[]>();
    for (const charge of all.charge) {
      const key = `${charge.status} ${charge.currency}`;
      groups.set(key, [...(groups.get(key) ?? []), charge]);
    }
    const refundedOf = (charge: Payment): number =>
      this.model.refundedOf(charge, "amount") + this.model.refundedOf(charge, "deposit");
    expect(
      new Map(
        state.groups.groupBy.map(({ key, aggregate }) => [
          `${key.status} ${key.currency}`,
          aggregate,
        ]),
      ),
    ).toEqual(new Map([...groups].map(([key, charges]) => [key, sumsOf(charges, refundedOf)])));
    const inDollars = (payments: Payment[], status: string): Payment[] =>
      payments.filter((it) => it.status === status && it.currency === "USD");
    expect(state.refunded.aggregate).toEqual(sumsOf(inDollars(all.refund, "SUCCEEDED")));
    expect(state.captured.aggregate).toEqual(sumsOf(inDollars(all.authorization, "CAPTURED")));
    return state;
  }

  private judge(owner: string, step: Step, target: string, input: Input): Verdict {
    const stamp = String(this.seen.get(target)?.["updatedAt"]?.at);
    const { model } = this;
    const isNew = step.target === undefined;
    switch (step.kind) {
      case "charge":
        if (isNew) return model.createCharge(owner, input);
        return model.updateCharge(owner, target, stamp, input);
      case "refund":
        if (isNew) return model.createRefund(owner, input);
        return model.updateRefund(owner, target, stamp, input);
      case "authorization":
        if (isNew) return model.createAuthorization(owner, input);
        return model.updateAuthorization(owner, target, stamp, input);
    }
  }

  private inputOf(owner: string, step: Step, target: string): Input {
    const fields = Object.entries(step.input).map(([field, value]) => [
      field,
      typeof value === "object" ? this.resolve(owner, field, value as Reference) : value,
    ]);
    const input = Object.fromEntries(fields.filter(([, value]) => value !== undefined)) as Input;
    const timestamps = this.seen.get(target);
    if (step.expecting && timestamps) {
      const field = step.expecting === "present" ? "updatedAt" : "createdAt";
      input.expectedUpdatedAt = timestamps[field]!.at!;
    }
    const memory = `${owner} ${step.kind}`;
    const earlier = this.sent.get(memory);
    if (step.again && earlier) {
      return step.again === "same" ? earlier : { ...earlier, description: "changed" };
    }
    if (step.key !== undefined) {
      input.idempotencyKey = this.keys[step.key]!;
      this.sent.set(memory, input);
    }
    return input;
  }

  /** @returns undefined if no such record exists yet. */
  private resolve(owner: string, list: string, reference: Reference): string | null | undefined {
    if (reference === null || typeof reference === "string") return reference;
    const isOwn = "own" in reference;
    const ids = [...(this.lists[list] ?? [])]
      .filter(([, { merchant: by }]) => (by === owner) === isOwn)
      .map(([id]) => id);
    return ids[(isOwn ? reference.own : reference.foreign) % ids.length];
  }

  private viewOf(kind: Kind, payment: Payment): object {
    const { id, status, provider: by, currency: of, description: text, history } = payment;
    const { orderId, customerId, paymentMethodId: method, captured } = payment;
    const { paymentChargeId, paymentAuthorizationId, captureBefore: before } = payment;
    const shared = {
      ...{
        id,
        status,
        provider: by,
        currency: of,
        description: text,
        statusHistory: { nodes: history },
      },
      ...{ orderId, customerId },
      ...threefold("", (part) => payment[part]),
    };
    if (kind === "refund") return { ...shared, paymentChargeId };
    const both = { ...shared, mode: payment.mode, paymentMethodId: method };
    if (kind === "charge") {
      const refunded = (part: "amount" | "deposit") => this.model.refundedOf(payment, part);
      return {
        ...{ ...both, paymentAuthorizationId },
        refundable:
          !["FAILED", "CANCELED", "EXPIRED"].includes(status) &&
          PARTS.some((part) => payment[part] > refunded(part)),
        ...threefold("Refunded", refunded),
        ...threefold("Refundable", (part) => payment[part] - refunded(part)),
      };
    }
    return {
      ...{ ...both, captureBefore: before, capturable: canBeCaptured(payment) },
      ...threefold("Captured", (part) => captured?.[part] ?? 0),
      ...threefold("Released", (part) => releasedOf(payment, part)),
      ...threefold("Capturable", (part) =>
        captured ? 0 : payment[part] - releasedOf(payment, part),
      ),
    };
  }

  /** Expects that timestamps change only with the change that sets them, and that updatedAt never decreases. */
  private expectTimestamps(row: Row, payment: Payment): void {
    const before = this.seen.get(row.id);
    const timestamps: Record<string, Timestamp> = {
      createdAt: { by: 0, at: row.createdAt },
      updatedAt: { by: payment.version, at: row.updatedAt },
    };
    for (const name of TIMESTAMPS)
      timestamps[name] = { by: payment.times[name], at: row[name] as string | null };
    if (payment.version === 1) expect(row.updatedAt).toBe(row.createdAt);
    for (const [name, { by, at }] of Object.entries(timestamps)) {
      const last = before?.[name];
      const place = `${name} of ${row.id}`;
      if (by === undefined) expect(at ?? null, place).toBeNull();
      else if (typeof by === "string") expect(at, place).toBe(by);
      else if (last?.by === by) expect(at, place).toBe(last.at);
      else {
        expect(at, place).toEqual(expect.any(String));
        expect(at === last?.at, place).toBe(false);
      }
    }
    expect(row.updatedAt >= (before?.["updatedAt"]?.at ?? "")).toBe(true);
    this.seen.set(row.id, timestamps);
  }
}
const NOTHING_FOUND = new Findings();

const FREQUENT = [
  ...["NOT_REFUNDABLE", "EXCEEDS_REFUNDABLE", "NOT_CAPTURABLE", "EXCEEDS_CAPTURABLE"],
  ...["INVALID_TRANSITION", "READ_ONLY", "STALE", "IDEMPOTENCY_KEY_REUSED", "NOT_FOUND"],
];

it("returns the same records and sums as a simple model for random sequences of requests", async () => {
  const tally: Record<string, number> = {};
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 1, maxLength: 60, size: "max" }),
    async (steps) => {
      const run = await Run.begin();
      for (const one of [...BEGINNING, ...steps]) await run.take(one);
      for (const index of [0, 1, 2]) await run.expectStateOf(index);
      await expectLedgerToBalance(server.database);
      for (const [answer, times] of Object.entries(run.tally)) {
        tally[answer] = (tally[answer] ?? 0) + times;
      }
    },
  );
  // Report a failure even if there is no time to shrink it.
  const parameters = {
    ...{ numRuns: runs(2), interruptAfterTimeLimit: 250_000, markInterruptAsFailure: true },
  };
  // Enough requests must have been accepted, and enough refused for many different reasons.
  await assertCovering(property, parameters, () => {
    const codes = new Set(Object.keys(tally).map((answer) => answer.split(" ")[0]));
    const missing = ["again", "captured", ...FREQUENT].filter((code) => !codes.has(code));
    return (tally["accepted"] ?? 0) > 20 ? missing : ["accepted", ...missing];
  });
});
