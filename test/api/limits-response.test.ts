import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestMerchant, TestServer } from "../support/server.js";

const LIMIT = 30_000;

let server: TestServer;
let merchant: TestMerchant;

beforeAll(async () => {
  server = await TestServer.start({ httpLimits: { responseBytes: LIMIT } });
  merchant = await server.createMerchant();
  const order = await server.ask<{ createOrder: { order: { id: string } } }>(
    merchant.token,
    'mutation { createOrder(input: { totalInCents: 1, currency: "USD" }) { order { id } } }',
  );
  const { id: orderId } = order.createOrder.order;
  await server.database.pool.query(
    `insert into payment_charges (merchant_id, id, status, mode, provider, amount_in_cents,
       deposit_in_cents, currency, description, order_id, is_frozen)
     select $1, gen_random_uuid(), 'CREATED', 'MANUAL', 'STRIPE', 1, 0, 'USD', repeat('x', 900), $2, false
     from generate_series(1, 200)`,
    [merchant.id, orderId],
  );
});

afterAll(() => server.stop());

const EXCEEDED = { limit: "response", has: LIMIT + 1, allowed: LIMIT };

async function refusalOf(query: string): Promise<unknown> {
  const { status, data, errors } = await server.send(merchant.token, query);
  return { status, data, codes: errors?.map(({ extensions }) => extensions) };
}

const REFUSAL = {
  status: 400,
  data: undefined,
  codes: [{ code: "BAD_REQUEST", exceeded: EXCEEDED }],
};

describe("a request that reads too much", () => {
  /** Its resolver may use any field, so the charge is read whole. */
  const WHOLE = "id paymentRefunds { totalCount }";

  it("is refused even if its answer would be small", async () => {
    const query = (selection: string): string => `{
      a: paymentCharges(first: 20) { nodes { ${selection} } }
      b: paymentCharges(page: { number: 2, size: 20 }) { nodes { ${selection} } } }`;
    expect(await refusalOf(query(WHOLE))).toEqual(REFUSAL);
    // Only what is selected is read.
    expect((await server.send(merchant.token, query("id"))).status).toBe(200);
  });

  it("is refused for the records that its relations name", async () => {
    const { rows } = await server.database.pool.query<{ id: string }>(
      `insert into payment_refunds (merchant_id, id, status, provider, amount_in_cents,
         deposit_in_cents, currency, payment_charge_id)
       select merchant_id, gen_random_uuid(), 'CREATED', 'STRIPE', 1, 0, 'USD', id
       from payment_charges where length(description) = 900 limit 40 returning id`,
    );
    expect(rows).toHaveLength(40);
    const query = (relation: string): string =>
      `{ paymentRefunds(first: 40) { nodes { id ${relation} } } }`;
    expect((await server.send(merchant.token, query(""))).status).toBe(200);
    expect((await server.send(merchant.token, query("paymentCharge { id }"))).status).toBe(200);
    expect(await refusalOf(query(`paymentCharge { ${WHOLE} }`))).toEqual(REFUSAL);
  });

  it("releases its connection for other requests", async () => {
    const small = "{ paymentCharges(first: 1) { nodes { id } } }";
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        server.send(
          merchant.token,
          index % 2 === 0 ? `{ paymentCharges(first: 100) { nodes { ${WHOLE} } } }` : small,
        ),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(
      answers.map((_, index) => (index % 2 === 0 ? 400 : 200)),
    );
  });

  it("is refused by REST as well", async () => {
    const url = new URL("/api/boomerang/payment_charges?page[size]=100", server.url);
    const response = await fetch(url, {
      headers: { authorization: `Token ${merchant.token}`, accept: "application/vnd.api+json" },
    });
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain(String(LIMIT));
  });
});

describe("an answer that is too large", () => {
  const aliases = Array.from({ length: 40 }, (_, n) => `d${String(n)}: description`).join(" ");

  it("is refused even if little was read", async () => {
    expect(await refusalOf(`{ paymentCharges(first: 3) { nodes { ${aliases} } } }`)).toEqual(
      REFUSAL,
    );
  });

  it("does not undo its mutation", async () => {
    const input = `{ amountInCents: 7, description: "${"y".repeat(900)}" }`;
    const mutation = `mutation { createPaymentCharge(input: ${input}) { paymentCharge { ${aliases} } } }`;
    const count = `{ paymentCharges { aggregate { count } } }`;
    const before = await server.send<Counted>(merchant.token, count);
    expect(await refusalOf(mutation)).toEqual(REFUSAL);
    const after = await server.send<Counted>(merchant.token, count);
    expect(after.data.paymentCharges.aggregate.count).toBe(
      before.data.paymentCharges.aggregate.count + 1,
    );
  });
});

interface Counted {
  readonly paymentCharges: { readonly aggregate: { readonly count: number } };
}
