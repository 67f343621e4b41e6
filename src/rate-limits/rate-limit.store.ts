import { type Database, execute, writeRows } from "../database/database.js";
import { column, rowOf } from "../database/row.js";
import { sql } from "../database/sql.js";
import type { SharedUsage, UsageReport, UsageTotal } from "./shared-usage.js";

/** The usage of one kind of limit, counted by all servers of the database together. */
export class RateLimitStore implements SharedUsage {
  constructor(
    private readonly database: Database,
    private readonly kind: string,
  ) {}

  report(windowStart: Date, limit: number, reports: readonly UsageReport[]): Promise<UsageTotal[]> {
    // The inserted row limits the grant to an empty window. An existing row limits it at least as much, so the update
    // can compute its grant from the row to insert.
    return writeRows(
      this.database.pool,
      rowOf({ subject: column.text(), used: column.bigint(), granted: column.bigint() }),
      sql`insert into rate_limit_usage as u (window_start, kind, subject, used, granted)
          select ${windowStart.toISOString()}::timestamptz, ${this.kind}, r.subject, r.spent + r.granted, r.granted
          from (
            select subject, spent, least(wanted, greatest(0, ${limit}::bigint - spent)) as granted
            from unnest(${reports.map(({ subject }) => subject)}::text[], ${reports.map(({ spent }) => spent)}::bigint[],
                        ${reports.map(({ wanted }) => wanted)}::bigint[]) as reported(subject, spent, wanted)
          ) as r
          order by r.subject -- the order of locks
          on conflict (window_start, kind, subject) do update set
            granted = least(excluded.granted,
              greatest(0, ${limit}::bigint - u.used - (excluded.used - excluded.granted))),
            used = u.used + (excluded.used - excluded.granted) + least(excluded.granted,
              greatest(0, ${limit}::bigint - u.used - (excluded.used - excluded.granted)))
          returning subject, used, granted`,
      "report_rate_limit_usage",
    );
  }

  async forgetEnded(): Promise<void> {
    await execute(
      this.database.pool,
      sql`delete from rate_limit_usage where (window_start, kind, subject) in (
            select window_start, kind, subject from rate_limit_usage
            where window_start < now() - interval '10 minutes' for update skip locked)`,
    );
  }
}
