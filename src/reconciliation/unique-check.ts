import { identifier, join, sql } from "../database/sql.js";
import type { Check } from "./check.js";

/** The options of a uniqueness check. */
interface UniqueOptions {
  readonly meaning?: string;
  /** The column that identifies a record. Defaults to its id. */
  readonly shown?: string;
}

const BROKEN_INDEX =
  "These values must be unique. The unique index is missing or corrupt: check it with PostgreSQL's amcheck, make the values unique, then run REINDEX.";

/**
 * No two records of an owner have the same values in all of the columns. Null is not equal to any value.
 *
 * @param table the table of the records, which may be a view.
 * @param owner the column of their group or merchant; null for records of the platform.
 */
export function unique(
  record: string,
  table: string,
  owner: string | null,
  columns: readonly string[],
  { meaning = BROKEN_INDEX, shown = "id" }: UniqueOptions = {},
): Check {
  const keys = columns.map(identifier);
  const what = columns.map((column) => column.replaceAll("_", " ")).join(" and ");
  return {
    name: `${record} ${columns.join(" ")} unique`.replaceAll(/[ _]/g, "-").toLowerCase(),
    meaning,
    find: (ownerId) => sql`
      select ${record}::text as record, min(${identifier(shown)}::text) as id,
             format('%s of them have the same %s: %s.', count(*), ${what}::text,
                    string_agg(${identifier(shown)}::text, ', ' order by ${identifier(shown)}::text)) as problem
      from ${identifier(table)}
      where ${owner === null ? sql`true` : sql`${identifier(owner)} = ${ownerId}::uuid`}
        and (${join(keys, ", ")}) is not null
      group by ${join(keys, ", ")}
      having count(*) > 1`,
  };
}
