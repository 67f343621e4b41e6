import { graphql } from "../api/graphql.js";

/** What all pockets contain now, by group. */
export const BALANCES = graphql(`
  query PocketBalances {
    pockets {
      groupBy(keys: [POCKET_GROUP, CURRENCY]) {
        key {
          pocketGroup {
            id
            slug
            name
          }
          currency
          currencyMinorUnits
        }
        aggregate {
          count
          sum {
            balance
            heldAmount
            available
          }
        }
      }
    }
  }
`);

/** How much the entries of a range changed the balances, by group. */
export const CHANGES = graphql(`
  query PocketChanges($times: DateTimeFilter!) {
    pocketEntries(filter: { createdAt: $times }) {
      groupBy(keys: [POCKET_GROUP, CURRENCY]) {
        key {
          pocketGroup {
            id
          }
        }
        aggregate {
          sum {
            amount
          }
        }
      }
    }
  }
`);

const AMOUNT_OF_TIME = graphql(`
  fragment AmountOfTime on PocketEntryGrouping {
    key {
      createdAt
    }
    aggregate {
      count
      sum {
        amount
      }
    }
  }
`);

/** The entries of a range by kind and time. $slugs leaves one currency. Later ones are those since the range. */
export const MOVEMENTS = graphql(
  `
    query PocketMovements(
      $slugs: StringFilter
      $times: DateTimeFilter!
      $later: DateTimeFilter!
      $bucket: TimeBucketInput!
    ) {
      charged: pocketEntries(
        filter: { pocketGroupSlug: $slugs, createdAt: $times, kind: { eq: [CHARGE] } }
      ) {
        groupBy(keys: [CREATED_AT, CURRENCY], bucket: $bucket) {
          ...AmountOfTime
        }
      }
      spent: pocketEntries(
        filter: { pocketGroupSlug: $slugs, createdAt: $times, kind: { eq: [DEBIT] } }
      ) {
        groupBy(keys: [CREATED_AT, CURRENCY], bucket: $bucket) {
          ...AmountOfTime
        }
      }
      chargesReversed: pocketEntries(
        filter: {
          pocketGroupSlug: $slugs
          createdAt: $times
          kind: { eq: [REVERSAL] }
          amount: { lt: 0 }
        }
      ) {
        groupBy(keys: [CREATED_AT, CURRENCY], bucket: $bucket) {
          ...AmountOfTime
        }
      }
      debitsReversed: pocketEntries(
        filter: {
          pocketGroupSlug: $slugs
          createdAt: $times
          kind: { eq: [REVERSAL] }
          amount: { gt: 0 }
        }
      ) {
        groupBy(keys: [CREATED_AT, CURRENCY], bucket: $bucket) {
          ...AmountOfTime
        }
      }
      later: pocketEntries(filter: { pocketGroupSlug: $slugs, createdAt: $later }) {
        groupBy(keys: [CURRENCY]) {
          aggregate {
            sum {
              amount
            }
          }
        }
      }
    }
  `,
  [AMOUNT_OF_TIME],
);

const AMOUNT_OF_MERCHANT = graphql(`
  fragment AmountOfMerchant on PocketEntryGrouping {
    key {
      merchant {
        id
        name
      }
    }
    aggregate {
      count
      sum {
        amount
      }
    }
  }
`);

/** What each merchant charged and debited. $slugs leaves one currency. */
export const BY_MERCHANT = graphql(
  `
    query PocketsByMerchant($slugs: StringFilter, $times: DateTimeFilter!) {
      charged: pocketEntries(
        filter: { pocketGroupSlug: $slugs, createdAt: $times, kind: { eq: [CHARGE] } }
      ) {
        groupBy(keys: [MERCHANT, CURRENCY]) {
          ...AmountOfMerchant
        }
      }
      spent: pocketEntries(
        filter: { pocketGroupSlug: $slugs, createdAt: $times, kind: { eq: [DEBIT] } }
      ) {
        groupBy(keys: [MERCHANT, CURRENCY]) {
          ...AmountOfMerchant
        }
      }
    }
  `,
  [AMOUNT_OF_MERCHANT],
);
