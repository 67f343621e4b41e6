import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../src/app/app.js";
import { openDatabase } from "../../src/database/database.js";
import { GraphqlClient } from "../support/graphql-client.js";
import { deadlocksIn, expectLedgerToBalance } from "../support/ledger.js";
import {
  type PaymentAuthorization,
  type PaymentCharge,
  type PaymentOutcome,
  type PaymentRefund,
  accepted,
  createAuthorization,
  createCharge,
  createRefund,
  findAuthorization,
  findCharge,
  findRefund,
  refusals,
  updateAuthorization,
  updateCharge,
  updateRefund,
} from "../support/payments.js";
import { runs } from "../support/runs.js";
import { TestServer } from "../support/server.js";

const CALLERS = 20;
const ROUNDS = runs(1);

/** Another server on the same database, which is equivalent to another process. */
class OtherServer extends GraphqlClient {
  private constructor(
    readonly url: string,
    readonly stop: () => Promise<void>,
  ) {
    super();
  }

  static async start(databaseUrl: string, poolSize: number): Promise<OtherServer> {
    const onIdleError = (): void => undefined;
    const database = openDatabase({ url: databaseUrl, poolSize, timeoutMs: 20_000, onIdleError });
    const log = pino({ level: "silent" });
    const app = await createApp({ database, log, introspection: false });
    const origin = await app.http.listen({ host: "127.0.0.1", port: 0 });
    return new OtherServer(`${origin}/graphql`, async () => {
      await app.close();
      await database.close();
    });
  }
}

let server: TestServer;
let second: OtherServer;
/** A server with far fewer connections than callers. */
let small: OtherServer;
let token: string;

beforeAll(async () => {
  server = await TestServer.start({ poolSize: CALLERS + 10 });
  second = await OtherServer.start(server.database.url, CALLERS + 10);
  small = await OtherServer.start(server.database.url, 3);
  ({ token } = await server.createMerchant());
});

afterAll(async () => {
  await expectLedgerToBalance(server.database);
  // The server retries deadlocks, so callers would not notice them. None may happen at all.
  expect(await deadlocksIn(server.database)).toBe(0);
  await small.stop();
  await second.stop();
  await server.stop();
});

type Call<R> = (client: GraphqlClient, index: number) => Promise<PaymentOutcome<R>>;

/** All callers send their requests at the same time, half of them to each server. */
function race<R>(callers: number, call: Call<R>, clients: GraphqlClient[] = [server, second]) {
  return Promise.all(
    Array.from({ length: callers }, (_, index) => call(clients[index % clients.length]!, index)),
  );
}

function count(outcomes: PaymentOutcome<unknown>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { record, userErrors } of outcomes) {
    const key = record ? "done" : userErrors.map(({ code }) => code).join(" ");
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function newCharge(input: Record<string, unknown> = {}): Promise<PaymentCharge> {
  const status = "SUCCEEDED";
  return accepted(createCharge(server, token, { status, amountInCents: 100, ...input }));
}

function newAuthorization(input: Record<string, unknown> = {}): Promise<PaymentAuthorization> {
  const holding = { mode: "REQUEST", status: "SUCCEEDED", amountInCents: 100 };
  return accepted(createAuthorization(server, token, { ...holding, ...input }));
}

function newRefund(charge: PaymentCharge, input: Record<string, unknown>): Promise<PaymentRefund> {
  return accepted(createRefund(server, token, { paymentChargeId: charge.id, ...input }));
}

function capturing(authorization: PaymentAuthorization, status: "CREATED" | "SUCCEEDED") {
  return { mode: "CAPTURE", status, amountInCents: 60, paymentAuthorizationId: authorization.id };
}

async function everyRound(work: () => Promise<void>): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) await work();
}

describe("concurrent refunds of one charge", () => {
  it.each([
    ["that succeed at once", "NONE", 100],
    ["that are under way", "STRIPE", 0],
  ])(
    "%s succeed once when each requests the whole refundable amount",
    async (_, provider, refunded) => {
      await everyRound(async () => {
        const charge = await newCharge({ provider });
        const input = { paymentChargeId: charge.id, amountInCents: 100 };
        const outcomes = await race(CALLERS, (client) => createRefund(client, token, input));
        expect(count(outcomes)).toEqual({ done: 1, EXCEEDS_REFUNDABLE: CALLERS - 1 });
        const after = await findCharge(server, token, charge.id);
        expect(after).toMatchObject({ amountRefundedInCents: refunded });
      });
    },
  );

  it("succeed as long as the charge is refundable", async () => {
    await everyRound(async () => {
      const charge = await newCharge({ provider: "NONE" });
      const input = { paymentChargeId: charge.id, amountInCents: 10 };
      const outcomes = await race(CALLERS, (client) => createRefund(client, token, input));
      expect(count(outcomes)).toEqual({ done: 10, EXCEEDS_REFUNDABLE: 10 });
      const after = await findCharge(server, token, charge.id);
      expect(after).toMatchObject({ amountRefundedInCents: 100, refundable: false });
    });
  });

  it("reduce the amount and the deposit separately", async () => {
    await everyRound(async () => {
      const charge = await newCharge({ amountInCents: 50, depositInCents: 30, provider: "NONE" });
      const isOfDeposit = (index: number): boolean => index % 4 < 2;
      const outcomes = await race(CALLERS, (client, index) => {
        const [amountInCents, depositInCents] = isOfDeposit(index) ? [0, 10] : [10, 0];
        const input = { paymentChargeId: charge.id, amountInCents, depositInCents };
        return createRefund(client, token, input);
      });
      const ofDeposit = outcomes.filter((_, index) => isOfDeposit(index));
      const ofAmount = outcomes.filter((_, index) => !isOfDeposit(index));
      expect(count(ofDeposit)).toEqual({ done: 3, EXCEEDS_REFUNDABLE: 7 });
      expect(count(ofAmount)).toEqual({ done: 5, EXCEEDS_REFUNDABLE: 5 });
      const after = await findCharge(server, token, charge.id);
      expect(after).toMatchObject({ amountRefundedInCents: 50, depositRefundedInCents: 30 });
    });
  });

  it("respect the reservation of a pending refund, also while it succeeds", async () => {
    await everyRound(async () => {
      const charge = await newCharge();
      const pending = await newRefund(charge, { status: "PENDING", amountInCents: 60 });
      const input = { paymentChargeId: charge.id, amountInCents: 10, status: "SUCCEEDED" };
      const [succeeded, ...others] = await race<PaymentRefund>(CALLERS, (client, index) =>
        index === 0
          ? updateRefund(client, token, pending.id, { status: "SUCCEEDED" })
          : createRefund(client, token, input),
      );
      await accepted(succeeded!);
      expect(count(others)).toEqual({ done: 4, EXCEEDS_REFUNDABLE: CALLERS - 5 });
      const after = await findCharge(server, token, charge.id);
      expect(after).toMatchObject({ amountRefundedInCents: 100, refundable: false });
    });
  });

  it("can use the amount of a canceled refund once", async () => {
    await everyRound(async () => {
      const charge = await newCharge();
      const canceled = await newRefund(charge, { status: "SUCCEEDED", amountInCents: 100 });
      const outcomes = await race<PaymentRefund>(CALLERS, (client, index) =>
        index < 2
          ? updateRefund(client, token, canceled.id, { status: "CANCELED" })
          : createRefund(client, token, { paymentChargeId: charge.id, amountInCents: 10 }),
      );
      expect(count(outcomes.slice(0, 2))).toEqual({ done: 2 });
      const made = count(outcomes.slice(2))["done"] ?? 0;
      const rest = await race(CALLERS, (client) =>
        createRefund(client, token, { paymentChargeId: charge.id, amountInCents: 10 }),
      );
      expect(count(rest)["done"] ?? 0).toBe(10 - made);
    });
  });

  it("that recover from failure together never exceed the refundable amount", async () => {
    await everyRound(async () => {
      const charge = await newCharge();
      const input = { status: "FAILED", amountInCents: 30 };
      const failed = await Promise.all([1, 2, 3, 4, 5].map(() => newRefund(charge, input)));
      const outcomes = await race(failed.length, (client, index) =>
        updateRefund(client, token, failed[index]!.id, { status: "SUCCEEDED" }),
      );
      expect(count(outcomes)).toEqual({ done: 3, EXCEEDS_REFUNDABLE: 2 });
    });
  });

  it("succeed before their charge fails, or are refused", async () => {
    await everyRound(async () => {
      const charge = await newCharge({ amountInCents: 1_000, provider: "NONE" });
      const input = { paymentChargeId: charge.id, amountInCents: 10 };
      const [failed, ...refunds] = await race<PaymentCharge | PaymentRefund>(
        CALLERS,
        (client, index) =>
          index === 0
            ? updateCharge(client, token, charge.id, { status: "FAILED" })
            : createRefund(client, token, input),
      );
      await accepted(failed!);
      const { done = 0, NOT_REFUNDABLE = 0 } = count(refunds);
      expect(done + NOT_REFUNDABLE).toBe(CALLERS - 1);
      const after = await findCharge(server, token, charge.id);
      expect(after).toMatchObject({ status: "FAILED", amountRefundedInCents: done * 10 });
      expect(await refusals(createRefund(server, token, input))).toEqual([
        ["NOT_REFUNDABLE", "paymentChargeId"],
      ]);
    });
  });
});

describe("concurrent captures of one authorization", () => {
  it.each([2, CALLERS])("by %i new charges create one charge", async (callers) => {
    await everyRound(async () => {
      const authorization = await newAuthorization();
      const input = capturing(authorization, "SUCCEEDED");
      const outcomes = await race(callers, (client) => createCharge(client, token, input));
      expect(count(outcomes)).toEqual({ done: 1, NOT_CAPTURABLE: callers - 1 });
      expect(await findAuthorization(server, token, authorization.id)).toMatchObject({
        status: "CAPTURED",
        amountCapturedInCents: 60,
        amountReleasedInCents: 40,
      });
    });
  });

  it.each([2, CALLERS])("by %i updates let one charge succeed", async (callers) => {
    await everyRound(async () => {
      const authorization = await newAuthorization();
      const input = capturing(authorization, "CREATED");
      const charges = await race(callers, (client) => createCharge(client, token, input));
      const outcomes = await race(callers, (client, index) =>
        updateCharge(client, token, charges[index]!.record!.id, { status: "SUCCEEDED" }),
      );
      expect(count(outcomes)).toEqual({ done: 1, NOT_CAPTURABLE: callers - 1 });
      const states = await Promise.all(
        charges.map(({ record }) => findCharge(server, token, record!.id)),
      );
      expect(states.filter((charge) => charge?.status === "SUCCEEDED")).toHaveLength(1);
      expect(states.filter((charge) => charge?.status === "CREATED")).toHaveLength(callers - 1);
    });
  });

  it("and its cancellation or manual capture are serialized", async () => {
    for (const status of ["CANCELED", "CAPTURED", "CANCELED", "CAPTURED"]) {
      const authorization = await newAuthorization();
      const [byHand, ...captures] = await race<PaymentAuthorization | PaymentCharge>(
        5,
        (client, index) =>
          index === 0
            ? updateAuthorization(client, token, authorization.id, { status })
            : createCharge(client, token, capturing(authorization, "SUCCEEDED")),
      );
      const { done = 0, NOT_CAPTURABLE = 0 } = count(captures);
      expect([done + NOT_CAPTURABLE, done <= 1]).toEqual([4, true]);
      // A captured authorization cannot be canceled, and capturing it again changes nothing.
      const isRefused = done === 1 && status === "CANCELED";
      expect(count([byHand!])).toEqual(isRefused ? { INVALID_TRANSITION: 1 } : { done: 1 });
      expect(await findAuthorization(server, token, authorization.id)).toMatchObject({
        status: done === 1 ? "CAPTURED" : status,
        amountCapturedInCents: done === 1 ? 60 : status === "CAPTURED" ? 100 : 0,
      });
    }
  });
});

/** Every operation that takes an idempotency key, with an input and another that differs only in its amount. */
const OPERATIONS = [
  ["charge", createCharge, () => ({ amountInCents: 100 })],
  [
    "capture",
    createCharge,
    async () => ({ ...capturing(await newAuthorization(), "SUCCEEDED"), amountInCents: 100 }),
  ],
  [
    "refund of all that is left",
    createRefund,
    async () => ({ paymentChargeId: (await newCharge()).id, amountInCents: 100 }),
  ],
  ["authorization", createAuthorization, () => ({ mode: "REQUEST", amountInCents: 100 })],
] as const;

async function madeWith(key: string): Promise<number> {
  const { rows } = await server.database.pool.query(
    `select id from payments join idempotency_keys using (merchant_id) where key = $1
     and id = record_id`,
    [key],
  );
  return rows.length;
}

async function totalOfPayments(): Promise<number> {
  const { rows } = await server.database.pool.query("select id from payments");
  return rows.length;
}

describe.each(OPERATIONS)("callers with one key for one %s", (_, create, inputFor) => {
  it.each(["large", "small"])("all get the same record, with a %s pool", async (pool) => {
    const clients = pool === "small" ? [small] : [server, second];
    await everyRound(async () => {
      const idempotencyKey = randomUUID();
      const input = { ...(await inputFor()), idempotencyKey };
      const before = await totalOfPayments();
      const outcomes = await race<{ id: string }>(
        CALLERS,
        (client) => create(client, token, input),
        clients,
      );
      expect(count(outcomes)).toEqual({ done: CALLERS });
      expect(new Set(outcomes.map(({ record }) => record?.id)).size).toBe(1);
      expect(await totalOfPayments()).toBe(before + 1);
      expect(await madeWith(idempotencyKey)).toBe(1);
    });
  });

  it("but two different inputs: one input wins, and the others get IDEMPOTENCY_KEY_REUSED", async () => {
    await everyRound(async () => {
      const input = { ...(await inputFor()), idempotencyKey: randomUUID() };
      const before = await totalOfPayments();
      const outcomes = await race<{ id: string; amountInCents: number }>(CALLERS, (client, index) =>
        create(client, token, { ...input, amountInCents: index % 4 < 2 ? 100 : 99 }),
      );
      expect(count(outcomes)).toEqual({ done: 10, IDEMPOTENCY_KEY_REUSED: 10 });
      const amounts = outcomes.flatMap(({ record }) => record?.amountInCents ?? []);
      expect(new Set(amounts).size).toBe(1);
      expect(await totalOfPayments()).toBe(before + 1);
    });
  });

  it("do not lose the key to refused inputs", async () => {
    await everyRound(async () => {
      const input = { ...(await inputFor()), idempotencyKey: randomUUID() };
      const refused = { ...input, amountInCents: -1 };
      expect(await refusals(create(server, token, refused))).toContainEqual([
        "OUT_OF_RANGE",
        "amountInCents",
      ]);
      const outcomes = await race<{ id: string }>(CALLERS, (client, index) =>
        create(client, token, index % 4 < 2 ? input : refused),
      );
      const ids = outcomes.flatMap(({ record }) => record?.id ?? []);
      expect([ids.length, new Set(ids).size]).toEqual([CALLERS / 2, 1]);
    });
  });
});

describe("concurrent updates of one record", () => {
  it("both take effect when they change different fields", async () => {
    await everyRound(async () => {
      const charge = await newCharge();
      const refund = await newRefund(charge, { amountInCents: 10 });
      const fields = [{ description: "one" }, { providerId: "two" }, { providerMethod: "three" }];
      const outcomes = await race<PaymentCharge | PaymentRefund>(6, (client, index) =>
        index < 3
          ? updateCharge(client, token, charge.id, fields[index]!)
          : updateRefund(client, token, refund.id, fields[index - 3]!),
      );
      expect(count(outcomes)).toEqual({ done: 6 });
      const all = { description: "one", providerId: "two", providerMethod: "three" };
      expect(await findCharge(server, token, charge.id)).toMatchObject(all);
      expect(await findRefund(server, token, refund.id)).toMatchObject(all);
    });
  });

  it.each([2, CALLERS])(
    "by %i callers with the same expectedUpdatedAt: one wins",
    async (callers) => {
      await everyRound(async () => {
        const { id, updatedAt: expectedUpdatedAt } = await newCharge();
        const outcomes = await race(callers, (client, index) =>
          updateCharge(client, token, id, { expectedUpdatedAt, description: String(index) }),
        );
        expect(count(outcomes)).toEqual({ done: 1, STALE: callers - 1 });
        const winner = outcomes.find(({ record }) => record)?.record;
        expect(await findCharge(server, token, id)).toEqual(winner);
      });
    },
  );

  it("let one of two conflicting transitions win", async () => {
    await everyRound(async () => {
      const { id } = await newCharge({ status: "CREATED" });
      const outcomes = await race(CALLERS, (client, index) =>
        updateCharge(client, token, id, { status: index % 4 < 2 ? "CANCELED" : "EXPIRED" }),
      );
      expect(count(outcomes)).toEqual({ done: 10, INVALID_TRANSITION: 10 });
      const charge = await findCharge(server, token, id);
      expect(charge?.statusHistory.nodes).toHaveLength(2);
      expect(outcomes.flatMap(({ record }) => record?.status ?? [])).toEqual(
        Array.from({ length: 10 }, () => charge?.status),
      );
    });
  });

  it("in opposite directions leave a consistent history", async () => {
    await everyRound(async () => {
      const { id } = await newCharge({ status: "PROCESSING" });
      const outcomes = await race(CALLERS, (client, index) =>
        updateCharge(client, token, id, { status: index % 4 < 2 ? "SUCCEEDED" : "FAILED" }),
      );
      expect(count(outcomes)).toEqual({ done: CALLERS });
      const charge = await findCharge(server, token, id);
      const history = charge!.statusHistory.nodes;
      expect(history.map(({ from }) => from)).toEqual([
        null,
        ...history.map(({ to }) => to).slice(0, -1),
      ]);
      expect(history.at(-1)?.to).toBe(charge?.status);
      // Every response contains the history up to its own change, or up to the status it found.
      for (const { record } of outcomes) {
        expect(history.slice(0, record!.statusHistory.nodes.length)).toEqual(
          record!.statusHistory.nodes,
        );
      }
    });
  });
});

it("captures, refunds and related updates all complete and stay consistent in any order", async () => {
  await everyRound(async () => {
    const authorization = await newAuthorization();
    const charge = await newCharge(capturing(authorization, "CREATED"));
    const paid = await newCharge({ paymentAuthorizationId: authorization.id });
    const refunds = await Promise.all(
      [1, 2, 3, 4].map(() => newRefund(paid, { amountInCents: 20 })),
    );
    const steps: Call<unknown>[] = [
      (client) => updateCharge(client, token, charge.id, { status: "SUCCEEDED" }),
      (client) => updateAuthorization(client, token, authorization.id, { description: "held" }),
      (client) => updateAuthorization(client, token, authorization.id, { status: "CANCELED" }),
      (client) => createCharge(client, token, capturing(authorization, "SUCCEEDED")),
      (client) => updateCharge(client, token, paid.id, { status: "FAILED" }),
      (client) => updateCharge(client, token, paid.id, { status: "SUCCEEDED" }),
      (client) => createRefund(client, token, { paymentChargeId: paid.id, amountInCents: 20 }),
      (client) => createRefund(client, token, { paymentChargeId: charge.id, amountInCents: 20 }),
      ...refunds.flatMap(({ id }): Call<unknown>[] => [
        (client) => updateRefund(client, token, id, { status: "SUCCEEDED" }),
        (client) => updateRefund(client, token, id, { status: "FAILED" }),
      ]),
    ];
    const reversed = [...steps].reverse();
    const outcomes = await race(steps.length * 2, (client, index) =>
      (index % 2 ? steps : reversed)[index >> 1]!(client, index),
    );
    const codes = new Set(Object.keys(count(outcomes)).flatMap((answer) => answer.split(" ")));
    const refusable = ["INVALID_TRANSITION", "NOT_CAPTURABLE", "NOT_REFUNDABLE"];
    expect(["done", "EXCEEDS_REFUNDABLE", ...refusable]).toEqual(
      expect.arrayContaining([...codes]),
    );
    expect(codes).toContain("done");
  });
});
