import { type Caller, isOperator } from "../callers/caller.js";
import type { ReadSource } from "../database/request-reads.js";
import { type Sql, sql } from "../database/sql.js";
import type { SpecialFilter } from "../listing/filter.js";
import { ListReader } from "../listing/list-reader.js";
import { operatorCondition } from "../listing/operator-condition.js";
import type { ListDefinition } from "../listing/list-query.js";
import { type Visible, rowsWith } from "../listing/visible.js";
import { columnOf, fieldOf } from "../records/record.js";
import { EVENT_SORT } from "./event-cursor.js";
import { EVENT_SCOPES, readableSubjects } from "./event-scope.js";
import { eventRecord } from "./event.record.js";
import { eventListTypes } from "./event.type.js";

/** The list of events within the retention. */
export class EventReader {
  readonly events;
  /** The same events, found by their ids through the primary keys of the two tables. */
  readonly nodeSources;

  /** Reads from the primary: a replica cannot distinguish its transactions from those of other databases. */
  constructor({ pool }: Pick<ReadSource, "pool">, retentionMs: number) {
    const definition = {
      record: eventRecord,
      visibleTo: (caller: Caller) => eventsOf(caller, retentionMs),
      scopes: EVENT_SCOPES,
      defaultSort: EVENT_SORT,
      filters: () => ({ subjectId: subjectIdFilter }),
      parents: {},
    } as const;
    this.events = new ListReader({ pool }, definition, eventListTypes);
    const { record, scopes } = definition;
    this.nodeSources = [inLedger, inAuditEntries].map(
      (partsOf): Pick<ListDefinition, "record" | "scopes" | "visibleTo"> => ({
        ...{ record, scopes },
        visibleTo: (caller) => ({ ...definition.visibleTo(caller), parts: partsOf(caller) }),
      }),
    );
  }
}

function eventsOf(caller: Caller, retentionMs: number): Visible {
  const condition = sql`${isRetained(retentionMs)}
    and events.subject_type = any(${readableSubjects(caller.scopes)}::text[])`;
  const column = sql`events.merchant_id`;
  if (!isOperator(caller)) return { ...rowsWith(column, caller.merchantId), condition };
  return {
    fixed: [],
    parts: { column, values: MERCHANTS },
    condition,
  };
}

const GROUPS = sql`select pocket_groups.id from pocket_groups`;
const MERCHANTS = sql`select merchants.id from merchants`;

type Parts = NonNullable<Visible["parts"]>;

function inLedger(): Parts {
  return { column: sql`events.pocket_group_id`, values: GROUPS };
}

function inAuditEntries(caller: Caller): Parts {
  const values = isOperator(caller) ? MERCHANTS : sql`select ${caller.merchantId}::uuid`;
  return { column: sql`events.tenant_id`, values };
}

/**
 * The list is read by position, so find the position where the retention begins, by the indexes on the creation time.
 * Positions and times increase together, except in concurrent transactions.
 */
function isRetained(retentionMs: number): Sql {
  const start = sql`statement_timestamp() - ${retentionMs}::bigint * interval '1 millisecond'`;
  const lastBefore = (table: Sql, condition: Sql): Sql => sql`
    select coalesce(old.position, 0) as position from ${table} old where ${condition} and old.created_at < ${start}
    order by old.created_at desc, old.id desc limit 1`;
  const ofGroup = lastBefore(sql`pocket_ledger`, sql`old.pocket_group_id = groups.id`);
  return sql`events.created_at >= ${start}
    and events.position >= coalesce((
      select greatest(
        (select max(of_group.position) from pocket_groups groups cross join lateral (${ofGroup}) as of_group),
        (${lastBefore(sql`audit_entries`, sql`true`)}))), 0)`;
}

/** The view looks up a pocket's id by its key, so translate a given id to the key, which has an index. */
const subjectIdFilter: SpecialFilter = (operator, operand) => {
  const field = fieldOf(eventRecord, "subjectId");
  if (operator !== "eq")
    return operatorCondition(field, columnOf(eventRecord, "subjectId"), operator, operand);
  return sql`(${operatorCondition(field, sql`events.record_id`, operator, operand)}
    or (events.pocket_group_id, events.phone_number) in (
      select p.pocket_group_id, p.phone_number from pockets p
      where ${operatorCondition(field, sql`p.id`, operator, operand)}))`;
};
