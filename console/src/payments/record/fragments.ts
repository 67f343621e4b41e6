import { graphql } from "../../api/graphql.js";

/** What the page of a payment shows of its customer, its order and its creator. */
export const CUSTOMER = graphql(`
  fragment CustomerOfPayment on Customer {
    id
    number
    name
    email
    phoneNumber
    reference
    isArchived
  }
`);

export const ORDER = graphql(`
  fragment OrderOfPayment on Order {
    id
    number
    status
    currency
    currencyMinorUnits
    totalInCents
    paidInCents
    reference
  }
`);

export const METHOD = graphql(`
  fragment MethodOfPayment on PaymentMethod {
    id
    label
    methodType
    provider
    identifier
    customerId
  }
`);

/** What an authorization holds, which the page of the charge that captures it shows too. */
export const HELD = graphql(`
  fragment HeldFunds on PaymentAuthorization {
    id
    status
    currency
    currencyMinorUnits
    totalInCents
    totalCapturedInCents
    totalReleasedInCents
    totalCapturableInCents
    capturable
    captureBefore
    capturedAt
  }
`);
