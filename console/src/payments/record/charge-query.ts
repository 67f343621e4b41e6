import { type ResultOf, graphql } from "../../api/graphql.js";
import { formatAmount, formatMoney } from "../../shared/money.js";
import { CUSTOMER, HELD, METHOD, ORDER } from "./fragments.js";

/** A charge with everything that its page shows. The refunds under way are what can no longer be refunded. */
export const CHARGE = graphql(
  `
    query PaymentCharge($id: ID!) {
      paymentCharge(id: $id) {
        id
        createdAt
        updatedAt
        status
        mode
        provider
        providerId
        providerMethod
        reference
        description
        currency
        currencyMinorUnits
        amountInCents
        depositInCents
        totalInCents
        amountRefundedInCents
        depositRefundedInCents
        totalRefundedInCents
        amountRefundableInCents
        depositRefundableInCents
        refundable
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
        paymentAuthorization {
          ...HeldFunds
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
        paymentRefunds(first: 20) {
          nodes {
            id
            createdAt
            updatedAt
            status
            provider
            currency
            currencyMinorUnits
            totalInCents
            reason
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
        underWay: paymentRefunds(
          filter: { status: { eq: [CREATED, PENDING, ACTION_REQUIRED] } }
          first: 1
        ) {
          aggregate {
            sum {
              amountInCents
              depositInCents
              totalInCents
            }
          }
        }
      }
    }
  `,
  [CUSTOMER, ORDER, METHOD, HELD],
);

export type Charge = NonNullable<ResultOf<typeof CHARGE>["paymentCharge"]>;

/** What can still be refunded: what is refundable, without the refunds under way. */
export function leftOf(charge: Charge): { readonly amount: number; readonly deposit: number } {
  if (charge.status !== "SUCCEEDED") return { amount: 0, deposit: 0 };
  const { amountInCents, depositInCents } = charge.underWay.aggregate.sum;
  return {
    amount: charge.amountRefundableInCents - Number(amountInCents ?? 0),
    deposit: charge.depositRefundableInCents - Number(depositInCents ?? 0),
  };
}

/** What can still be refunded, with its parts: "USD 52.00 (amount 2.00, deposit 50.00)". */
export function leftInWords(charge: Charge): string {
  const { currency, currencyMinorUnits } = charge;
  const left = leftOf(charge);
  const total = formatMoney(left.amount + left.deposit, currency, currencyMinorUnits);
  if (charge.depositInCents === 0) return total;
  const amount = formatAmount(left.amount, currencyMinorUnits);
  return `${total} (amount ${amount}, deposit ${formatAmount(left.deposit, currencyMinorUnits)})`;
}
