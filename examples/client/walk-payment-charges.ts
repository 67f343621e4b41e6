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
 * Reads all payment charges, oldest first, and requests each page when it is needed. Charges that are created in the
 * meantime come at the end. A cursor is a position in the order and not an offset, so each existing charge is
 * returned exactly once, and the last page costs as much as the first.
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
