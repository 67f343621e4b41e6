import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestMerchant, TestServer } from "../support/server.js";

let server: TestServer;
let merchant: TestMerchant;

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant();
});

afterAll(() => server.stop());

/** A request caches its reads, and clears that cache after each mutation. */
describe("several mutations in one request", () => {
  it("each return the charge after their refund, with its list of refunds", async () => {
    const { createPaymentCharge: made } = await server.ask<{
      createPaymentCharge: { paymentCharge: { id: string } };
    }>(
      merchant.token,
      `mutation {
        createPaymentCharge(input: { mode: MANUAL, provider: NONE, amountInCents: 100 }) {
          paymentCharge { id }
        }
      }`,
    );
    const answer = `{
      paymentRefund {
        paymentCharge {
          amountRefundedInCents
          paymentRefunds { totalCount aggregate { sum { totalInCents } } }
        }
      }
      userErrors { code field }
    }`;
    const data = await server.ask<Record<string, unknown>>(
      merchant.token,
      `mutation ($id: ID!) {
        one: createPaymentRefund(input: { paymentChargeId: $id, amountInCents: 30 }) ${answer}
        two: createPaymentRefund(input: { paymentChargeId: $id, amountInCents: 50 }) ${answer}
        three: createPaymentRefund(input: { paymentChargeId: $id, amountInCents: 21 }) ${answer}
      }`,
      { id: made.paymentCharge.id },
    );
    const refunded = (amount: number, totalCount: number): object => ({
      paymentRefund: {
        paymentCharge: {
          amountRefundedInCents: amount,
          paymentRefunds: { totalCount, aggregate: { sum: { totalInCents: String(amount) } } },
        },
      },
      userErrors: [],
    });
    expect(data).toEqual({
      one: refunded(30, 1),
      two: refunded(80, 2),
      three: {
        paymentRefund: null,
        userErrors: [{ code: "EXCEEDS_REFUNDABLE", field: ["amountInCents"] }],
      },
    });
  });
});
