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

/** One field of a change, as texts. */
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
    "One change of a record: who made it, when, from where, and what became different. Written together with the change, and never altered or removed.",
  fields: {
    id: id("A UUIDv7 made by the server; never changed."),
    createdAt: dateTime("When the change was written, by the database's clock.", {
      filter: true,
      sort: true,
    }),
    actor: enumeration(
      AuditActor,
      "Whether an operator, a merchant or the server did it.",
      FILTERED,
    ),
    operation: text(
      "The mutation that was called, such as `revokeApiToken`; REST has the names of the mutations that do the same.",
      FILTERED,
    ),
    recordType: text("What kind of record was changed, such as `PaymentCharge`.", FILTERED),
    recordId: reference(
      "The id of the changed record. A `PocketGroupGrant` has that of its pocket group.",
    ),
    merchantId: nullable(
      reference(
        "Whose record it is; null for what belongs to no merchant, such as a pocket group.",
      ),
    ),
    tokenId: nullable(
      reference("The id of the token that the request came with; null when no request was sent."),
    ),
    tokenPrefix: nullable(
      text("How that token's secret begins, to tell it from others; never the secret.", FILTERED),
    ),
    employeeId: nullable(
      reference("The person whom the token is tied to; null when it is to nobody."),
    ),
    changes: json<readonly AuditChange[]>("The fields that differ, with their old and new values."),
    address: nullable(
      text(
        "The network address that the request came from; null when no request was sent.",
        FILTERED,
      ),
    ),
    requestId: nullable(
      uuid("What the answer's `x-request-id` header and the log call the request.", FILTERED),
    ),
    userAgent: nullable(
      text("What the client called itself in `user-agent`, its first 200 characters.", FILTERED),
    ),
  },
});
export type AuditEntry = RowOf<typeof auditEntryRecord>;
