import { column, rowOf } from "../database/row.js";
import { type Sql, sql } from "../database/sql.js";

/** One rule of the books, and the query for whatever breaks it. */
export interface Check {
  readonly name: string;
  /** What it means that something was found, and where to look. */
  readonly meaning: string;
  /**
   * Answers a `Finding` for each record that breaks the rule. No phone number is told in full.
   *
   * @param owner the id of the pocket group or merchant whose books these are; "" for the platform.
   * @param isDistributed whether the tables are spread over a Citus cluster.
   */
  readonly find: (owner: string, isDistributed: boolean) => Sql;
}

/** A record that breaks a rule. */
export interface Finding {
  /** What kind of record it is, such as `pocket charge`. */
  readonly record: string;
  readonly id: string;
  /** What is wrong with it, as a sentence. */
  readonly problem: string;
}

/** The rows that every check answers. */
export const FINDING = rowOf({
  record: column.text(),
  id: column.text(),
  problem: column.text(),
});

/** The largest amount: 2^53-1. */
export const MOST = sql`9007199254740991`;

/** A phone number that can be told from most others, and not whose it is. */
export function masked(phoneNumber: Sql): Sql {
  return sql`(case when length(${phoneNumber}) < 11 then '*****'
    else left(${phoneNumber}, 5) || repeat('*', length(${phoneNumber}) - 7) || right(${phoneNumber}, 2) end)`;
}
