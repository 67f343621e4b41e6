import type { Scope } from "./merchant-documents.js";

/** What the scopes of a merchant's token open, in words. A scope that the schema adds does not compile until it is here. */
const SCOPES = {
  POCKETS_READ: "Read pocket groups, pockets, and the merchant’s own entries and holds",
  POCKETS_CHARGE: "Charge (top up) pockets",
  POCKETS_DEBIT: "Debit pockets, hold amounts, capture and release holds",
  POCKETS_REVERSE: "Reverse the merchant’s own charges and debits",
  PAYMENTS_READ: "Read payments, customers and orders",
  PAYMENTS_WRITE: "Create and update payments, customers and orders",
  PROVIDER_SECRETS_READ: "Read the secrets of payment providers",
  WEBHOOKS_WRITE: "Create, change and delete webhook endpoints, and send deliveries again",
} as const satisfies Record<Exclude<Scope, "OPERATOR">, string>;

/** What a scope opens, in words. */
export function scopeInWords(scope: Scope): string {
  return scope === "OPERATOR"
    ? "Operate the platform: merchants, API tokens, pocket groups and the audit trail"
    : SCOPES[scope];
}

export const MERCHANT_SCOPES = Object.entries(SCOPES).map(([scope, words]) => ({
  scope: scope as keyof typeof SCOPES,
  words,
}));

export function isMerchantScope(text: string): text is keyof typeof SCOPES {
  return Object.hasOwn(SCOPES, text);
}
