import { column, rowOf } from "../database/row.js";
import { type Sql, sql } from "../database/sql.js";

/** A rule of the ledger, and the query for records that violate it. */
export interface Check {
  readonly name: string;
  /** What a finding means, and where to look. */
  readonly meaning: string;
  /**
   * The query that returns a `Finding` for each record that violates the rule. Phone numbers must be masked.
   *
   * @param owner the id of the audited pocket group or merchant; "" for the platform.
   * @param isDistributed whether the tables are distributed over a Citus cluster.
   */
  readonly find: (owner: string, isDistributed: boolean) => Sql;
}

/** A record that violates a rule. */
export interface Finding {
  /** The kind of record, such as `ledger entry`. */
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

/** A masked phone number: enough to distinguish it from most others, but not to identify its owner. */
export function masked(phoneNumber: Sql): Sql {
  return sql`(case when length(${phoneNumber}) < 11 then '*****'
    else left(${phoneNumber}, 5) || repeat('*', length(${phoneNumber}) - 7) || right(${phoneNumber}, 2) end)`;
}

/** The plural of a kind of record. */
export function pluralOf(noun: string): string {
  return noun.endsWith("ry") ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}
