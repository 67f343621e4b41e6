import { type ResultOf, graphql } from "../api/graphql.js";

export const MERCHANTS = graphql(`
  query Merchants(
    $filter: MerchantFilter
    $sort: [MerchantSort!]
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    merchants(
      filter: $filter
      sort: $sort
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      totalCount
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      nodes {
        id
        name
        defaultCurrency
        isActive
        createdAt
        updatedAt
      }
    }
  }
`);

export const MERCHANT = graphql(`
  query Merchant($id: ID!) {
    merchant(id: $id) {
      id
      name
      defaultCurrency
      isActive
      createdAt
      updatedAt
    }
  }
`);

export type Merchant = NonNullable<ResultOf<typeof MERCHANT>["merchant"]>;

export const MERCHANT_GROUPS = graphql(`
  query MerchantPocketGroups($id: ID!, $page: PageInput) {
    merchant(id: $id) {
      id
      pocketGroups(page: $page, sort: [{ field: NAME }]) {
        nodes {
          id
          slug
          name
          currency
          isActive
        }
      }
    }
  }
`);

export const MERCHANT_EMPLOYEES = graphql(`
  query MerchantEmployees($id: ID!, $page: PageInput) {
    merchant(id: $id) {
      id
      employees(page: $page, sort: [{ field: NAME }]) {
        nodes {
          id
          name
          email
          isActive
          createdAt
        }
      }
    }
  }
`);

type WithEmployees = NonNullable<ResultOf<typeof MERCHANT_EMPLOYEES>["merchant"]>;
export type Employee = WithEmployees["employees"]["nodes"][number];

export const MERCHANT_TOKENS = graphql(`
  query MerchantTokens($id: ID!, $page: PageInput) {
    merchant(id: $id) {
      id
      apiTokens(page: $page) {
        id
        name
        prefix
        scopes
        employee {
          id
          name
        }
        createdAt
        expiresAt
        revokedAt
        lastUsedAt
      }
    }
  }
`);

type WithTokens = NonNullable<ResultOf<typeof MERCHANT_TOKENS>["merchant"]>;
export type ApiToken = WithTokens["apiTokens"][number];
export type Scope = ApiToken["scopes"][number];

export const CREATE_MERCHANT = graphql(`
  mutation CreateMerchant($input: CreateMerchantInput!) {
    createMerchant(input: $input) {
      merchant {
        id
      }
      userErrors {
        field
        message
      }
    }
  }
`);

export const UPDATE_MERCHANT = graphql(`
  mutation UpdateMerchant($id: ID!, $input: UpdateMerchantInput!) {
    updateMerchant(id: $id, input: $input) {
      merchant {
        id
        updatedAt
      }
      userErrors {
        field
        message
      }
    }
  }
`);

export const CREATE_EMPLOYEE = graphql(`
  mutation CreateEmployee($input: CreateEmployeeInput!) {
    createEmployee(input: $input) {
      employee {
        id
      }
      userErrors {
        field
        message
      }
    }
  }
`);

export const UPDATE_EMPLOYEE = graphql(`
  mutation UpdateEmployee($id: ID!, $input: UpdateEmployeeInput!) {
    updateEmployee(id: $id, input: $input) {
      employee {
        id
        updatedAt
      }
      userErrors {
        field
        message
      }
    }
  }
`);

export const CREATE_TOKEN = graphql(`
  mutation CreateApiToken($input: CreateApiTokenInput!) {
    createApiToken(input: $input) {
      secret
      apiToken {
        id
      }
      userErrors {
        field
        message
      }
    }
  }
`);

export const REVOKE_TOKEN = graphql(`
  mutation RevokeApiToken($id: ID!) {
    revokeApiToken(id: $id) {
      apiToken {
        id
        revokedAt
      }
      userErrors {
        field
        message
      }
    }
  }
`);
