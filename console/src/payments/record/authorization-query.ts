import { type ResultOf, graphql } from "../../api/graphql.js";
import { CUSTOMER, HELD, METHOD, ORDER } from "./fragments.js";

export const AUTHORIZATION = graphql(
  `
    query PaymentAuthorization($id: ID!) {
      paymentAuthorization(id: $id) {
        ...HeldFunds
        createdAt
        updatedAt
        mode
        provider
        providerId
        providerMethod
        reference
        description
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
        paymentMethod {
          ...MethodOfPayment
        }
        paymentCharges(first: 20) {
          nodes {
            id
            mode
            status
            currency
            currencyMinorUnits
            totalInCents
            createdAt
            statusHistory(first: 20) {
              nodes {
                at
                from
                to
                employee {
                  name
                }
              }
            }
          }
          pageInfo {
            hasNextPage
          }
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
  [CUSTOMER, ORDER, METHOD, HELD],
);

export type Authorization = NonNullable<ResultOf<typeof AUTHORIZATION>["paymentAuthorization"]>;
