import { dateTime, enumList, id, key, nullable, text } from "../records/field.js";
import { type RowOf, defineRecord } from "../records/record.js";
import { ApiScope } from "../callers/api-scope.js";

export const apiTokenRecord = defineRecord({
  name: "ApiToken",
  table: "api_tokens",
  description:
    "An API token: the credential of a request, and its scopes. The server stores only a hash of the secret.",
  fields: {
    merchantId: nullable(key("The merchant of the token; null for an operator's.")),
    employeeId: nullable(key("The employee that the token is tied to.")),
    id: id("The token's UUIDv7, which `revokeApiToken` accepts."),
    name: text("What the token is for, as its creator described it."),
    prefix: text("The first characters of the secret, to tell tokens apart."),
    scopes: enumList(
      ApiScope,
      "The token's scopes, at least one. OPERATOR is never combined with others.",
    ),
    createdAt: dateTime("When the token was created, by the database's clock."),
    lastUsedAt: nullable(
      dateTime(
        "When the token was last used. Written periodically, so it may be up to a minute behind. Null if the token was never used.",
      ),
    ),
    expiresAt: nullable(dateTime("When the token expires. Null if it never does.")),
    revokedAt: nullable(dateTime("When the token was revoked. Null if it was not.")),
  },
});
export type ApiToken = RowOf<typeof apiTokenRecord>;
