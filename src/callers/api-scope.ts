import { type ValueOf, defineEnumeration, valuesOf } from "../shared/enumeration.js";

/** The permissions of a token. The PostgreSQL enum of the same name has the same values. */
export const ApiScope = defineEnumeration(
  "ApiScope",
  "A permission of an API token. Every token has one or more.",
  {
    POCKETS_CHARGE: "Charge pockets on behalf of the merchant.",
    POCKETS_DEBIT: "Debit pockets, hold amounts, capture and release holds.",
    POCKETS_REVERSE: "Reverse the merchant's own charges and debits.",
    POCKETS_READ: "Read pocket groups, pockets, and the merchant's own entries and holds.",
    PAYMENTS_READ: "Read payments, customers and orders of the merchant.",
    PAYMENTS_WRITE: "Create and update payments, customers and orders of the merchant.",
    PROVIDER_SECRETS_READ: "Read `providerSecret`, which is null for other tokens.",
    WEBHOOKS_WRITE:
      "Create, change, read and delete the merchant's webhook endpoints, read their deliveries and send them again. To create or change an endpoint, the token also needs the scopes that read its events.",
    OPERATOR:
      "Administer the platform: merchants, employees, pocket groups, grants and tokens. Cannot be combined with other scopes or with a merchant.",
  },
);
export type ApiScope = ValueOf<typeof ApiScope>;

/** The scopes that a merchant's token may have. */
export const MERCHANT_SCOPES = valuesOf(ApiScope).filter((scope) => scope !== "OPERATOR");
