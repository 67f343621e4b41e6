import type { Database } from "../../src/database/database.js";
import { withReplacedQuery } from "./replaced-query.js";

export type LostAt = "before commit" | "after commit";

export interface LostCommits {
  /** Whether the connection breaks before or after PostgreSQL receives the commit. */
  readonly when: LostAt;
  readonly times: number;
  /** How many commits succeed before. */
  readonly after?: number;
  /** Runs while the outcome of a commit is unknown, before the server tries again. */
  readonly meanwhile?: () => Promise<unknown>;
}

/** The same database through a pool whose connections break at their commits. */
export function losingCommits(
  database: Database,
  { when, times, after = 0, meanwhile = () => Promise.resolve() }: LostCommits,
): Database {
  let commits = 0;
  const isLost = (): boolean => {
    commits++;
    return commits > after && commits <= after + times;
  };
  const pool = withReplacedQuery(database.pool, async (client, statement) => {
    if (statement !== "commit" || !isLost()) return client.query(statement);
    await client.query(when === "after commit" ? "commit" : "rollback");
    await meanwhile();
    throw new Error("Connection terminated unexpectedly");
  });
  return { ...database, pool };
}
