import type { ResultOf, VariablesOf } from "gql.tada";
import { graphql } from "./graphql.js";
import { type Server, request } from "./request.js";

const PAGE = graphql(`
  query PaymentCharges($filter: PaymentChargeFilter, $first: Int!, $after: String) {
    paymentCharges(
      filter: $filter
      sort: [{ field: CREATED_AT, direction: ASC }]
      first: $first
      after: $after
    ) {
      nodes {
        id
        createdAt
        status
        provider
        totalInCents
        currency
        currencyMinorUnits
        description
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

type Page = ResultOf<typeof PAGE>["paymentCharges"];
export type PaymentCharge = Page["nodes"][number];
export type PaymentChargeFilter = VariablesOf<typeof PAGE>["filter"];

/**
 * Walks all payment charges, page by page, as they are asked for. Oldest first, so that what is made
 * meanwhile comes at the end. A cursor holds a place in the order and no number of rows: what was there
 * at the start is met exactly once, and the last page costs what the first does.
 */
export async function* walkPaymentCharges(
  server: Server,
  { filter = null, pageSize = 100 }: { filter?: PaymentChargeFilter; pageSize?: number } = {},
): AsyncGenerator<PaymentCharge, void> {
  let after: string | null = null;
  do {
    const variables: VariablesOf<typeof PAGE> = { filter, first: pageSize, after };
    const page: Page = (await request(server, PAGE, variables)).paymentCharges;
    yield* page.nodes;
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
}
