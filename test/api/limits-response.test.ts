import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import { type TestMerchant, TestServer } from "../support/server.js";

const LIMIT = 100_000;

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
       deposit_in_cents, currency, description, order_id)
     select $1, gen_random_uuid(), 'CREATED', 'MANUAL', 'STRIPE', 1, 0, 'USD', repeat('x', 900), $2
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
  it("is refused, though its answer would be small", async () => {
    const query = `{ a: paymentCharges(first: 90) { nodes { id } }
      b: paymentCharges(page: { number: 2, size: 90 }) { nodes { id } } }`;
    expect(await refusalOf(query)).toEqual(REFUSAL);
  });

  it("leaves its connection to other requests", async () => {
    const small = "{ paymentCharges(first: 1) { nodes { id } } }";
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        server.send(
          merchant.token,
          index % 2 === 0 ? "{ paymentCharges(first: 100) { nodes { id } } }" : small,
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

  it("is refused, though little was read", async () => {
    expect(await refusalOf(`{ paymentCharges(first: 5) { nodes { ${aliases} } } }`)).toEqual(
      REFUSAL,
    );
  });

  it("of a mutation does not undo it", async () => {
    const description = "y".repeat(1_000);
    const id = newId();
    expect(
      await refusalOf(`mutation { createPaymentCharge(input: { amountInCents: 7, description: "${description}",
        idempotencyKey: "${id}" }) { paymentCharge { paymentRefunds { nodes { id } } ${many("description")} } } }`),
    ).toMatchObject({ status: 200 });
    expect(
      await refusalOf("{ paymentCharges(first: 5) { nodes { id description } } }"),
    ).toMatchObject({ status: 200 });
  });

  function many(field: string): string {
    return Array.from({ length: 40 }, (_, n) => `f${String(n)}: ${field}`).join(" ");
  }
});
