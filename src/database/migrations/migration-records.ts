import { createHash, randomUUID } from "node:crypto";
import { type Queryable, execute, readRows } from "../database.js";
import { column, rowOf } from "../row.js";
import { sql } from "../sql.js";

export interface Migration {
  readonly name: string;
  readonly script: string;
  readonly checksum: string;
}

/** As Prisma computes it. */
export function checksumOf(script: string): string {
  return createHash("sha256").update(script).digest("hex");
}

/** What was applied to the database is not what this build would apply. */
export class ChangedMigrationError extends Error {}

/** Which migrations a database has, in the table that Prisma's own tools read and write as well. */
export class MigrationRecords {
  constructor(private readonly on: Queryable) {}

  async create(): Promise<void> {
    await execute(
      this.on,
      sql`
      create table if not exists _prisma_migrations (
        id varchar(36) primary key,
        checksum varchar(64) not null,
        finished_at timestamptz,
        migration_name varchar(255) not null,
        logs text,
        rolled_back_at timestamptz,
        started_at timestamptz not null default now(),
        applied_steps_count integer not null default 0
      )`,
    );
  }

  /**
   * @returns the migrations that the database does not have, and the names of those that it has besides.
   * @throws ChangedMigrationError when one was another text when it was applied.
   */
  async compare(migrations: readonly Migration[]): Promise<{
    pending: Migration[];
    unknown: string[];
  }> {
    const [found] = await readRows(
      this.on,
      rowOf({ exists: column.boolean() }),
      sql`select to_regclass('_prisma_migrations') is not null as exists`,
    );
    if (found?.exists !== true) return { pending: [...migrations], unknown: [] };
    const rows = await readRows(
      this.on,
      rowOf({ migration_name: column.text(), checksum: column.text() }),
      sql`select migration_name, checksum from _prisma_migrations
       where finished_at is not null and rolled_back_at is null order by 1`,
    );
    const checksums = new Map(rows.map((row) => [row.migration_name, row.checksum]));
    const pending: Migration[] = [];
    for (const migration of migrations) {
      const checksum = checksums.get(migration.name);
      checksums.delete(migration.name);
      if (checksum === undefined) pending.push(migration);
      else if (checksum !== migration.checksum) {
        throw new ChangedMigrationError(
          `The migration ${migration.name} was changed after it had been applied to this database.`,
        );
      }
    }
    return { pending, unknown: [...checksums.keys()] };
  }

  async add({ name, checksum }: Migration): Promise<void> {
    await execute(
      this.on,
      sql`insert into _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
          values (${randomUUID()}, ${checksum}, clock_timestamp(), ${name}, 1)`,
    );
  }
}
