import { dateTime, enumList, id, key, nullable, text } from "../records/field.js";
import { type RowOf, defineRecord } from "../records/record.js";
import { ApiScope } from "../callers/api-scope.js";

export const apiTokenRecord = defineRecord({
  name: "ApiToken",
  table: "api_tokens",
  description:
    "A secret that requests are sent with, and what it allows. Only a hash of the secret is kept.",
  fields: {
    merchantId: nullable(key("The merchant of the token; null for an operator's.")),
    employeeId: nullable(key("The employee that the token is tied to.")),
    id: id("The token's UUIDv7, by which it is revoked."),
    name: text("What the token is for, in its maker's words."),
    prefix: text("The first characters of the secret, to tell tokens apart."),
    scopes: enumList(
      ApiScope,
      "What requests with it may do, at least one; OPERATOR stands alone.",
    ),
    createdAt: dateTime("When the token was recorded, by the database's clock; never changed."),
    lastUsedAt: nullable(
      dateTime(
        "About when a request last came with this token: written now and then, so up to a minute behind.",
      ),
    ),
    expiresAt: nullable(dateTime("From when on the token is refused; null for never.")),
    revokedAt: nullable(dateTime("When the token was revoked; null while it is not.")),
  },
});
export type ApiToken = RowOf<typeof apiTokenRecord>;
