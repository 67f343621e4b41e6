import { ClientError, GraphQLClient } from "graphql-request";
import type { ResultOf } from "gql.tada";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { graphql } from "../../examples/client/graphql.js";
import { newCharge } from "../../examples/client/charge-pockets.js";
import { BadLine } from "../support/bad-line.js";
import { accepted, createCharge } from "../support/payments.js";
import { newPhoneNumber } from "../support/pockets.js";
import { type TestMerchant, TestServer } from "../support/server.js";

const LIST = graphql(`
  query List($after: String) {
    paymentCharges(sort: [{ field: TOTAL_IN_CENTS }], first: 2, after: $after) {
      nodes {
        totalInCents
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const CHARGE = graphql(`
  mutation Charge($input: ChargePocketsInput!) {
    chargePockets(input: $input) {
      results {
        code
        pocketCharge {
          balanceAfter
        }
      }
    }
  }
`);

const CREATE = graphql(`
  mutation Create($amount: Amount!) {
    createPaymentCharge(input: { amountInCents: $amount }) {
      userErrors {
        code
        field
      }
    }
  }
`);

let server: TestServer;
let line: BadLine;
let merchant: TestMerchant;
let client: GraphQLClient;

function clientOf(url: string, token: string): GraphQLClient {
  return new GraphQLClient(url, { headers: { authorization: `Token ${token}` } });
}

beforeAll(async () => {
  server = await TestServer.start();
  line = await BadLine.to(server.url);
  merchant = await server.createMerchant();
  client = clientOf(server.url, merchant.token);
});

afterAll(async () => {
  await line.close();
  await server.stop();
});

describe("graphql-request", () => {
  it("reads a list to its end", async () => {
    for (const amountInCents of [1, 2, 3, 4, 5]) {
      await accepted(createCharge(server, merchant.token, { amountInCents }));
    }
    const amounts: number[] = [];
    for (let after: string | null = null, isMore = true; isMore;) {
      const { paymentCharges }: ResultOf<typeof LIST> = await client.request(LIST, { after });
      amounts.push(...paymentCharges.nodes.map(({ totalInCents }) => totalInCents));
      after = paymentCharges.pageInfo.endCursor;
      isMore = paymentCharges.pageInfo.hasNextPage;
    }
    expect(amounts).toEqual([1, 2, 3, 4, 5]);
  });

  it("receives the code and HTTP status of an error", async () => {
    const error: unknown = await clientOf(server.url, "pct_wrong")
      .request(LIST, {})
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ClientError);
    const { status, errors } = (error as ClientError).response;
    expect(status).toBe(401);
    expect(errors?.[0]?.extensions["code"]).toBe("UNAUTHENTICATED");
  });

  it("receives the code and path of a refused value", async () => {
    const { createPaymentCharge } = await client.request(CREATE, { amount: -1 });
    expect(createPaymentCharge.userErrors).toEqual([
      { code: "OUT_OF_RANGE", field: ["amountInCents"] },
    ]);
  });

  it("charges once if the answer is lost and the same request is sent again", async () => {
    const slug = await server.createGroup({}, merchant);
    const input = { pocketGroupSlug: slug, charges: [newCharge(newPhoneNumber(), 500)] };
    const unreliable = clientOf(line.url, merchant.token);
    line.faults = ["lost answer"];
    await expect(unreliable.request(CHARGE, { input })).rejects.toThrow("fetch failed");
    const { chargePockets } = await unreliable.request(CHARGE, { input });
    expect(chargePockets.results).toEqual([
      { code: "DUPLICATE_TOKEN", pocketCharge: { balanceAfter: 500 } },
    ]);
  });
});
