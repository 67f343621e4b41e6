import { byKey } from "../database/by-key.js";
import { type Database, readRows } from "../database/database.js";
import { isDistributed } from "../database/distributed.js";
import { type RowIn, type RowType, column } from "../database/row.js";
import { sql, unnest } from "../database/sql.js";
import { type RecordDefinition, type RowOf, rowsOf } from "../records/record.js";
import { present } from "../shared/assert.js";
import { grantKey } from "./pocket-group.store.js";

/** The key of a record to look up, and the merchant that requests it. */
export interface Trace {
  readonly pocketGroupId: string;
  readonly token: string;
  /** Null for an operator. */
  readonly merchantId: string | null;
}

export interface Traced<Row> {
  readonly isGranted: boolean;
  readonly record: Row | null;
}

/** Finds the records of one kind by the token with which they were made: charges, entries or holds. */
export class TraceStore<R extends RecordDefinition> {
  private readonly row: RowType<RowOf<R>>;
  /** A row of a trace, whose record may be missing. */
  private readonly traced;

  constructor(
    private readonly database: Database,
    private readonly record: R,
  ) {
    this.row = rowsOf(record);
    this.traced = this.row.orMissing().with({ isGranted: column.boolean() });
  }

  /** Finds records by token, and whether their groups are granted. Returns them in the order of the traces. */
  async trace(traces: readonly Trace[]): Promise<Traced<RowOf<R>>[]> {
    const { record, traced, database } = this;
    if (await isDistributed(database.pool)) {
      return Promise.all(traces.map((trace) => this.traceOnItsShard(trace)));
    }
    const valuesOf = (name: keyof Trace): (string | null)[] => traces.map((trace) => trace[name]);
    const rows = await readRows(
      database.pool,
      traced,
      sql`select grants.merchant_id is not null as "isGranted", ${record.columns}
          from ${unnest(
            sql`${valuesOf("pocketGroupId")}::uuid[]`,
            sql`${valuesOf("token")}::uuid[]`,
            sql`${valuesOf("merchantId")}::uuid[]`,
          )}
               with ordinality as wanted(pocket_group_id, token, merchant_id, place)
          left join lateral (
            select merchant_id from pocket_group_grants
            where ${grantKey(sql`wanted.merchant_id`, sql`wanted.pocket_group_id`)}
          ) as grants on true
          left join lateral (
            select * from ${record.table}
            where ${byKey(
              { column: "pocket_group_id", value: sql`wanted.pocket_group_id` },
              { column: "token", value: sql`wanted.token` },
            )}
          ) as ${record.table} on true
          order by wanted.place`,
      `trace_${record.name}`,
    );
    return rows.map((found) => this.tracedOf(found));
  }

  private async traceOnItsShard({
    pocketGroupId,
    token,
    merchantId,
  }: Trace): Promise<Traced<RowOf<R>>> {
    const { record, traced, database } = this;
    const rows = await readRows(
      database.pool,
      traced,
      sql`select exists (select from pocket_group_grants g
                         where g.merchant_id = ${merchantId}::uuid and g.pocket_group_id = ${pocketGroupId}::uuid)
                 as "isGranted", ${record.columns}
          from pocket_groups
          left join ${record.table} on ${record.table}.pocket_group_id = pocket_groups.id
                                   and ${record.table}.token = ${token}::uuid
          where pocket_groups.id = ${pocketGroupId}::uuid`,
      `trace_one_${record.name}`,
    );
    return this.tracedOf(present(rows[0], "a group, which is never deleted"));
  }

  private tracedOf({ isGranted, ...found }: RowIn<typeof this.traced>): Traced<RowOf<R>> {
    const record = found as { readonly [K in keyof RowOf<R>]: RowOf<R>[K] | null };
    return { isGranted, record: this.row.isWhole(record) ? record : null };
  }
}
