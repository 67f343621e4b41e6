import { commandLine } from "../shared/command-line.js";
import type { PlaygroundStart } from "../http/playground.js";
import { demoPhoneNumber, demoPocketChargeToken } from "./demo-pockets.js";
import { idOf } from "./demo-records.js";
import { DEMO_GROUP_SLUG } from "./demo.js";

type Tab = PlaygroundStart["tabs"][number];

// Keep lines short, so that they fit next to the response pane.

/** The page replaces each {{uuidv7}} with a new UUID of version 7 at each run. */
export const FIRST_CHARGE: Tab = {
  query: `# A first charge: two pockets in one call.
# {{uuidv7}} in the variables becomes a new
# token at each run. A token charges only once:
# a retry returns "Duplicate token."
mutation FirstCharge($input: ChargePocketsInput!) {
  chargePockets(input: $input) {
    results {
      token
      phoneNumber
      amount
      status
      message
      code
      pocketCharge { balanceAfter createdAt }
    }
  }
}`,
  variables: `{
  "input": {
    "pocketGroupSlug": "${DEMO_GROUP_SLUG}",
    "charges": [
      { "token": "{{uuidv7}}", "amount": 10000,
        "phoneNumber": "${demoPhoneNumber(0)}" },
      { "token": "{{uuidv7}}", "amount": 20000,
        "phoneNumber": "${demoPhoneNumber(1)}" }
    ]
  }
}`,
};

export const SPEND: Tab = {
  query: `# Spend from a pocket: a debit, and a hold to
# capture or release later. Neither can take more
# than what is available.
mutation Spend(
  $debits: DebitPocketsInput!
  $holds: HoldPocketsInput!
) {
  debitPockets(input: $debits) {
    results {
      status
      message
      available
      pocketEntry { kind amount balanceAfter }
    }
  }
  holdPockets(input: $holds) {
    results {
      status
      message
      available
      pocketHold { token status amount }
    }
  }
}`,
  variables: `{
  "debits": {
    "pocketGroupSlug": "${DEMO_GROUP_SLUG}",
    "debits": [
      { "token": "{{uuidv7}}", "amount": 100,
        "phoneNumber": "${demoPhoneNumber(0)}" }
    ]
  },
  "holds": {
    "pocketGroupSlug": "${DEMO_GROUP_SLUG}",
    "holds": [
      { "token": "{{uuidv7}}", "amount": 100,
        "phoneNumber": "${demoPhoneNumber(0)}" }
    ]
  }
}`,
};

export const WATCH: Tab = {
  query: `# Watch a pocket: its balance and newest entries,
# now and after each change. Run this tab, then
# FirstCharge on this page in another window.
subscription Watch(
  $slug: String!
  $phoneNumber: String!
) {
  pocketChanged(
    pocketGroupSlug: $slug
    phoneNumber: $phoneNumber
  ) {
    phoneNumber
    balance
    available
    pocketEntries(first: 3) {
      nodes { kind amount balanceAfter createdAt }
    }
  }
}`,
  variables: `{
  "slug": "${DEMO_GROUP_SLUG}",
  "phoneNumber": "${demoPhoneNumber(0)}"
}`,
};

export const TRACE: Tab = {
  query: `# Trace a charge by its token.
# Null means that the charge was not made.
query Trace($slug: String!, $token: UUID!) {
  pocketCharge(pocketGroupSlug: $slug, token: $token) {
    id
    phoneNumber
    amount
    balanceAfter
    createdAt
    pocket { balance }
    pocketGroup { name }
  }
}`,
  variables: `{
  "slug": "${DEMO_GROUP_SLUG}",
  "token": "${demoPocketChargeToken(0)}"
}`,
};

export const PAYMENT_CHARGES: Tab = {
  query: `# Succeeded payment charges: their number, their
# sum, the two largest, and the sum per month.
query PaymentCharges($filter: PaymentChargeFilter) {
  paymentCharges(
    filter: $filter
    sort: [
      { field: TOTAL_IN_CENTS, direction: DESC }
    ]
    first: 2
  ) {
    totalCount
    aggregate { sum { totalInCents } }
    nodes { totalInCents description }
    groupBy(
      keys: [CREATED_AT]
      bucket: { unit: MONTH }
    ) {
      key { createdAt }
      aggregate { count sum { totalInCents } }
    }
  }
}`,
  variables: `{
  "filter": {
    "status": { "eq": ["SUCCEEDED"] },
    "currency": { "eq": ["USD"] }
  }
}`,
};

export const CREATE_PAYMENT_CHARGE: Tab = {
  query: `# A new payment charge. Entered manually, without
# a provider, it succeeds immediately.
mutation CreatePaymentCharge($input: CreatePaymentChargeInput!) {
  createPaymentCharge(input: $input) {
    paymentCharge {
      id
      status
      totalInCents
      currency
      succeededAt
    }
    userErrors { code message field }
  }
}`,
  variables: `{
  "input": {
    "mode": "MANUAL",
    "provider": "NONE",
    "amountInCents": 10000,
    "depositInCents": 5000
  }
}`,
};

export const UPDATE_PAYMENT_CHARGE: Tab = {
  query: `# Update a payment charge. Only the fields in the
# input change.
mutation UpdatePaymentCharge(
  $id: ID!
  $input: UpdatePaymentChargeInput!
) {
  updatePaymentCharge(id: $id, input: $input) {
    paymentCharge {
      id
      description
      updatedAt
      status
      statusHistory { nodes { from to at } }
    }
    userErrors { code message field }
  }
}`,
  variables: `{
  "id": "${idOf("charge", 1)}",
  "input": { "description": "Paid at the counter" }
}`,
};

export const WHO_CALLS: Tab = {
  query: `# Check a token: enter it in the headers pane
# below, after "Token ". Create the first one with
# \`${commandLine("operator-token")}\`.
query WhoCalls {
  viewer {
    scopes
    merchant { name defaultCurrency }
    employee { name }
  }
  pocketGroups {
    nodes { slug name isActive }
  }
}`,
  variables: "",
};
