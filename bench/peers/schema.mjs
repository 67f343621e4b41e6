/** The measured part of Pocketcharge's schema, so that these peers accept the same requests. */
export const typeDefs = /* GraphQL */ `
  scalar Amount
  scalar DateTime
  scalar UUID

  type Query {
    pocketCharge(pocketGroupSlug: String!, token: UUID!): PocketCharge
    pocketCharges(first: Int! = 50): PocketChargeConnection!
  }

  type Mutation {
    chargePockets(input: ChargePocketsInput!): ChargePocketsPayload!
  }

  input ChargePocketsInput {
    pocketGroupSlug: String!
    charges: [PocketChargeInput!]!
  }

  input PocketChargeInput {
    token: String!
    phoneNumber: String!
    amount: Amount!
  }

  type ChargePocketsPayload {
    results: [PocketChargeResult!]!
  }

  type PocketChargeResult {
    token: String!
    phoneNumber: String!
    amount: Amount!
    status: PocketChargeResultStatus!
    message: String!
    pocketCharge: PocketCharge
  }

  enum PocketChargeResultStatus {
    SUCCESS
    ERROR
  }

  type PocketChargeConnection {
    nodes: [PocketCharge!]!
  }

  type PocketCharge {
    id: ID!
    token: UUID!
    phoneNumber: String!
    amount: Amount!
    balanceAfter: Amount!
    createdAt: DateTime!
    pocket: Pocket!
    merchant: Merchant!
  }

  type Pocket {
    phoneNumber: String!
    balance: Amount!
  }

  type Merchant {
    id: ID!
    name: String!
  }
`;
