import { graphql } from "../api/graphql.js";

/** The payments of a range by currency: what was paid and refunded in it, and the statuses of those created in it. */
export const SUMMARY = graphql(`
  query PaymentSummary($times: DateTimeFilter!) {
    paid: paymentCharges(filter: { succeededAt: $times, status: { eq: [SUCCEEDED] } }) {
      groupBy(keys: [CURRENCY]) {
        key {
          currency
          currencyMinorUnits
        }
      }
    }
    refunded: paymentRefunds(filter: { succeededAt: $times, status: { eq: [SUCCEEDED] } }) {
      groupBy(keys: [CURRENCY]) {
        key {
          currency
          currencyMinorUnits
        }
      }
    }
    charges: paymentCharges(filter: { createdAt: $times }) {
      groupBy(keys: [STATUS, CURRENCY]) {
        key {
          status
          currency
          currencyMinorUnits
        }
        aggregate {
          count
          sum {
            totalInCents
          }
        }
      }
    }
    refunds: paymentRefunds(filter: { createdAt: $times }) {
      groupBy(keys: [STATUS, CURRENCY]) {
        key {
          status
          currency
          currencyMinorUnits
        }
        aggregate {
          count
          sum {
            totalInCents
          }
        }
      }
    }
  }
`);

/** What was paid and refunded over time, in one currency. */
export const OVER_TIME = graphql(`
  query PaymentsOverTime($currency: String!, $times: DateTimeFilter!, $bucket: TimeBucketInput!) {
    paid: paymentCharges(
      filter: { currency: { eql: [$currency] }, succeededAt: $times, status: { eq: [SUCCEEDED] } }
    ) {
      groupBy(keys: [SUCCEEDED_AT, CURRENCY], bucket: $bucket) {
        key {
          succeededAt
        }
        aggregate {
          count
          sum {
            totalInCents
          }
        }
      }
    }
    refunded: paymentRefunds(
      filter: { currency: { eql: [$currency] }, succeededAt: $times, status: { eq: [SUCCEEDED] } }
    ) {
      groupBy(keys: [SUCCEEDED_AT, CURRENCY], bucket: $bucket) {
        key {
          succeededAt
        }
        aggregate {
          count
          sum {
            totalInCents
          }
        }
      }
    }
  }
`);
