import { Bounded } from "../graphql/bounded.js";
import { listTypes } from "../listing/connection.type.js";
import { add, plainType } from "../listing/graphql-class.js";
import { objectType } from "../listing/object-type.js";
import { auditEntryRecord } from "./audit-entry.record.js";

/** No record has more fields. */
const MAX_CHANGES = 50;

const AuditChangeType = plainType(
  "AuditChange",
  "One field that a change made different. Values are texts: amounts in digits, times in UTC, lists with commas.",
);
add(AuditChangeType, "field", () => String, "Its name in the changed record, such as `status`.");
add(
  AuditChangeType,
  "from",
  () => String,
  "What it was; null when the record was made or nothing was there. Secrets and texts that may name people are `***`.",
  true,
);
add(
  AuditChangeType,
  "to",
  () => String,
  "What it became; null when it was emptied or the record taken away. Masked as `***` where the old value is.",
  true,
);

export const AuditEntryType = objectType(auditEntryRecord);
add(
  AuditEntryType,
  "changes",
  () => [AuditChangeType],
  "Every field that differs; empty when values were set that were there already.",
);

Bounded(MAX_CHANGES)(AuditEntryType.prototype as object, "changes");

export const auditEntryLists = listTypes(auditEntryRecord, AuditEntryType);
