import {
  dateTime,
  enumeration,
  id,
  json,
  nullable,
  reference,
  text,
  uuid,
} from "../records/field.js";
import { type RowOf, defineRecord } from "../records/record.js";
import { AuditActor } from "../records/audit-actor.js";

/** A changed field, with its values as strings. */
export interface AuditChange {
  readonly field: string;
  readonly from: string | null;
  readonly to: string | null;
}

const FILTERED = { filter: true } as const;

export const auditEntryRecord = defineRecord({
  name: "AuditEntry",
  table: "audit_entries",
  description:
    "An entry in the audit trail: who changed a record, when, from where, and which fields. Written in the same transaction as the change, and never changed or deleted.",
  fields: {
    id: id("The record's unique id: a UUIDv7 that the server generates."),
    createdAt: dateTime("When the change was made, by the database's clock.", {
      filter: true,
      sort: true,
    }),
    actor: enumeration(
      AuditActor,
      "Whether an operator, a merchant or the server made the change.",
      FILTERED,
    ),
    operation: text(
      "The name of the mutation, such as `revokeApiToken`. A REST request has the name of the equivalent mutation.",
      FILTERED,
    ),
    recordType: text("The type of the changed record, such as `PaymentCharge`.", FILTERED),
    recordId: reference(
      "The id of the changed record. For a `PocketGroupGrant`, the id of its pocket group.",
    ),
    merchantId: nullable(
      reference(
        "The id of the merchant that owns the record. Null for records that belong to no merchant, such as pocket groups.",
      ),
    ),
    tokenId: nullable(
      reference(
        "The id of the request's token. Null if the server made the change without a request.",
      ),
    ),
    tokenPrefix: nullable(
      text("The first characters of the token's secret, to identify the token.", FILTERED),
    ),
    employeeId: nullable(
      reference(
        "The id of the employee that the token is tied to. Null if it is tied to no employee.",
      ),
    ),
    changes: json<readonly AuditChange[]>("The changed fields, with their old and new values."),
    address: nullable(
      text(
        "The client's network address. Null if the server made the change without a request.",
        FILTERED,
      ),
    ),
    requestId: nullable(
      uuid("The request's id, as in the response header `x-request-id` and in the log.", FILTERED),
    ),
    userAgent: nullable(
      text("The first 200 characters of the request's `user-agent` header.", FILTERED),
    ),
  },
});
export type AuditEntry = RowOf<typeof auditEntryRecord>;
