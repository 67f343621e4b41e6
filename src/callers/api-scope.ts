/** The permissions of a token. The GraphQL and PostgreSQL enums of the same name have the same values. */
export const ApiScope = {
  POCKETS_CHARGE: "POCKETS_CHARGE",
  POCKETS_DEBIT: "POCKETS_DEBIT",
  POCKETS_REVERSE: "POCKETS_REVERSE",
  POCKETS_READ: "POCKETS_READ",
  PAYMENTS_READ: "PAYMENTS_READ",
  PAYMENTS_WRITE: "PAYMENTS_WRITE",
  PROVIDER_SECRETS_READ: "PROVIDER_SECRETS_READ",
  OPERATOR: "OPERATOR",
} as const;
export type ApiScope = keyof typeof ApiScope;

/** The scopes that a merchant's token may have. */
export const MERCHANT_SCOPES = Object.values(ApiScope).filter((scope) => scope !== "OPERATOR");
