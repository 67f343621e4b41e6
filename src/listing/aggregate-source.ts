import { type Caller, isOperator } from "../callers/caller.js";
import type { Queryable } from "../database/database.js";
import { isDistributed } from "../database/distributed.js";
import { type Sql, sql } from "../database/sql.js";
import { type RecordDefinition, tablesOf } from "../records/record.js";
import { type Aggregation, fieldsOfAggregate } from "./aggregate.js";
import type { Filter } from "./filter.js";
import type { Grouping } from "./grouping.js";
import type { ListedRows } from "./list-rows.js";
import { type Rollups, areRolledUp, rolledUpFilter, rolledUpRows } from "./rollups.js";
import { conditionOf, pathAlong } from "./visible.js";

/** A list whose rows are aggregated. */
export interface AggregatedList {
  readonly record: RecordDefinition;
  readonly rollups?: Rollups | undefined;
  readonly caller: Caller;
  readonly rows: ListedRows;
  readonly filter: Filter | null | undefined;
}

/** What aggregates are computed from. */
export interface AggregateSource {
  /** Whether the rows are rollups; see `Rollups`. */
  readonly areRolledUp: boolean;
  /** The rows of a parent, with the tables of the fields. @param key the SQL of the parent's key. */
  readonly rowsOf: (key: readonly Sql[]) => { readonly tables: Sql; readonly condition: Sql };
}

/** Rollups if they have everything that is requested, and otherwise the list's own rows. */
export async function aggregateSource(
  on: Queryable,
  list: AggregatedList,
  requested: readonly Aggregation[],
  grouping: Grouping | null,
): Promise<AggregateSource> {
  const { record, rollups, caller, rows } = list;
  const { parent } = rows;
  const fields = [...(grouping?.fields ?? []), ...fieldsOfAggregate(record, requested)];
  const wanted =
    rollups !== undefined &&
    (parent === null || parent.isRolledUp === true) &&
    areRolledUp(record, rollups, requested, grouping) &&
    !(await isDistributed(on))
      ? rolledUpFilter(record, rollups, list.filter ?? {})
      : undefined;
  if (rollups === undefined || wanted === undefined) {
    const tables = tablesOf(record, fields);
    return {
      areRolledUp: false,
      rowsOf: (key) => ({ tables, condition: sql`${membersOf(rows, key)} and ${rows.filter}` }),
    };
  }
  const merchantId = isOperator(caller) ? null : caller.merchantId;
  return {
    areRolledUp: true,
    rowsOf: (key) => {
      const members = membersOf(rows, key);
      const source = rolledUpRows(record, rollups, wanted, members, merchantId, grouping);
      return { tables: tablesOf(record, fields, source), condition: sql`true` };
    },
  };
}

/** The condition for a list's rows apart from its filter, of one parent if the list is nested. */
function membersOf({ parent, visible }: ListedRows, key: readonly Sql[]): Sql {
  const belongs = pathAlong(parent?.fixed(key, []) ?? [], true).condition;
  const check = parent?.check?.(key) ?? sql`true`;
  return sql`${belongs} and ${check} and ${conditionOf(visible)}`;
}
