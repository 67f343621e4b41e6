import { Bounded } from "../graphql/bounded.js";
import { listTypes } from "../listing/connection.type.js";
import { add, plainType } from "../listing/graphql-class.js";
import { objectType } from "../listing/object-type.js";
import { auditEntryRecord } from "./audit-entry.record.js";

/** More than the number of fields in any record. */
const MAX_CHANGES = 50;

const AuditChangeType = plainType(
  "AuditChange",
  "A changed field. Values are strings: amounts as digits, timestamps in UTC, lists separated by commas.",
);
add(
  AuditChangeType,
  "field",
  () => String,
  "The field's name in the changed record, such as `status`.",
);
add(
  AuditChangeType,
  "from",
  () => String,
  "The previous value. Null if the record was created or the field was empty. Secrets and values that may identify people are `***`.",
  true,
);
add(
  AuditChangeType,
  "to",
  () => String,
  "The new value. Null if the field was cleared or the record was removed. Masked as `***` where the old value is.",
  true,
);

export const AuditEntryType = objectType(auditEntryRecord);
add(
  AuditEntryType,
  "changes",
  () => [AuditChangeType],
  "The changed fields. Empty if the update set values that the record already had.",
);

Bounded(MAX_CHANGES)(AuditEntryType.prototype as object, "changes");

export const auditEntryListTypes = listTypes(auditEntryRecord, AuditEntryType);
