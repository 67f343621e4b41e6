import { type AuditScope, type Snapshot, audit } from "../../src/reconciliation/audit.js";
import type { Database, Queryable } from "../../src/database/database.js";
import { inSnapshot } from "../../src/database/snapshot.js";

const EVERYTHING: AuditScope = { groups: [], merchants: [] };

/** Audits a database. @returns one line for each finding. */
export function findingsIn({ pool }: Pick<Database, "pool">): Promise<string[]> {
  return findingsBy(pool, (work) => inSnapshot(pool, work));
}

/** Audits what an open transaction sees, including its own changes. @returns one line for each finding. */
export function findingsWithin(tx: Queryable, scope?: AuditScope): Promise<string[]> {
  return findingsBy(tx, (work) => work(tx), scope);
}

async function findingsBy(
  on: Queryable,
  snapshot: Snapshot,
  scope: AuditScope = EVERYTHING,
): Promise<string[]> {
  const findings: string[] = [];
  await audit(on, snapshot, scope, {
    unitBegins: () => undefined,
    checkBegins: () => undefined,
    found: (_, { name }, { record, id, problem }) => {
      findings.push(`${name}: ${record} ${id}: ${problem}`);
    },
    unitEnds: () => undefined,
  });
  return findings;
}
