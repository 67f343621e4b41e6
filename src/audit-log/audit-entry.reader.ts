import { type Caller, isOperator } from "../callers/caller.js";
import type { ReadSource } from "../database/request-reads.js";
import { ListReader } from "../listing/list-reader.js";
import { EVERYTHING } from "../listing/visible.js";
import { assert } from "../shared/assert.js";
import { auditEntryRecord } from "./audit-entry.record.js";
import { auditEntryListTypes } from "./audit-entry.type.js";

const auditEntryListDefinition = {
  record: auditEntryRecord,
  visibleTo: (caller: Caller) => {
    assert(isOperator(caller), "only operators may read the audit trail");
    return EVERYTHING;
  },
  scopes: ["OPERATOR"],
  parents: {},
} as const;

/** The list of audit entries, for operators. */
export class AuditEntryReader {
  readonly entries;

  constructor(source: ReadSource) {
    this.entries = new ListReader(source, auditEntryListDefinition, auditEntryListTypes);
  }
}
