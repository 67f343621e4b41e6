import { type Caller, isOperator } from "../access/caller.js";
import type { Queryable } from "../database/database.js";
import { sql } from "../database/sql.js";
import { Lists } from "../listing/lists.js";
import { auditEntryRecord } from "./audit-entry.record.js";
import { auditEntryLists } from "./audit-entry.type.js";

const auditEntryList = {
  record: auditEntryRecord,
  visibleTo: (caller: Caller) => (isOperator(caller) ? sql`true` : sql`false`),
  parents: {},
} as const;

/** The audit trail, for operators. */
export class AuditEntryLists {
  readonly entries;

  constructor(on: Queryable) {
    this.entries = new Lists(on, auditEntryList, auditEntryLists);
  }
}
