import { type ResultOf, graphql } from "../../api/graphql.js";
import { CUSTOMER, ORDER } from "./fragments.js";

export const REFUND = graphql(
  `
    query PaymentRefund($id: ID!) {
      paymentRefund(id: $id) {
        id
        createdAt
        updatedAt
        status
        provider
        providerId
        providerMethod
        reference
        description
        reason
        failureReason
        currency
        currencyMinorUnits
        amountInCents
        depositInCents
        totalInCents
        metadata {
          key
          value
        }
        employee {
          id
          name
        }
        customer {
          ...CustomerOfPayment
        }
        order {
          ...OrderOfPayment
        }
        paymentCharge {
          id
          createdAt
          status
          currency
          currencyMinorUnits
          totalInCents
          totalRefundedInCents
        }
        statusHistory(first: 100) {
          nodes {
            at
            from
            to
            employee {
              name
            }
          }
          pageInfo {
            hasNextPage
          }
        }
      }
    }
  `,
  [CUSTOMER, ORDER],
);

export type Refund = NonNullable<ResultOf<typeof REFUND>["paymentRefund"]>;
