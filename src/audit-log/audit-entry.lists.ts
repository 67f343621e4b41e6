import { type Caller, isOperator } from "../callers/caller.js";
import type { ReadSource } from "../database/request-reads.js";
import { Lists } from "../listing/lists.js";
import { EVERYTHING } from "../listing/visible.js";
import { assert } from "../shared/assert.js";
import { auditEntryRecord } from "./audit-entry.record.js";
import { auditEntryLists } from "./audit-entry.type.js";

const auditEntryList = {
  record: auditEntryRecord,
  visibleTo: (caller: Caller) => {
    assert(isOperator(caller), "only operators may read the audit trail");
    return EVERYTHING;
  },
  parents: {},
} as const;

/** The list of audit entries, for operators. */
export class AuditEntryLists {
  readonly entries;

  constructor(source: ReadSource) {
    this.entries = new Lists(source, auditEntryList, auditEntryLists);
  }
}
