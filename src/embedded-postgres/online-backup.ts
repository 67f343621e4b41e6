import pg from "pg";
import { connectionTo } from "../database/database.js";

/** What PostgreSQL needs, in addition to a cluster's files, to recover the database. */
export interface BackupEnd {
  /** The content of the file `backup_label`: the position from which PostgreSQL must replay its WAL. */
  readonly label: string;
  /** The WAL segments to replay. None may be missing. */
  readonly segments: readonly string[];
}

/** The steps of a copy. */
export interface OnlineCopy {
  /** Copies the cluster's files, in any order and while PostgreSQL writes to them. */
  files(): Promise<void>;
  /** Copies the WAL written during the copy. PostgreSQL keeps these segments until this is done. */
  log(end: BackupEnd): Promise<void>;
}

export interface BackedUpDatabase {
  readonly migrations: string[];
  readonly postgresVersion: string;
}

/**
 * Copies a running PostgreSQL with its protocol for base backups. `copy.files` may read partially written pages;
 * replaying the WAL of the copy repairs them, so the copy contains everything that was committed before its end.
 * Writers do not wait.
 *
 * The backup belongs to one connection: if this process dies, PostgreSQL ends it and drops the slot.
 */
export async function copyOnline(url: string, copy: OnlineCopy): Promise<BackedUpDatabase> {
  const client = new pg.Client({
    ...connectionTo(url),
    application_name: `pocketcharge backup, process ${String(process.pid)}`,
  });
  client.on("error", () => undefined); // the next statement fails, and says why
  await client.connect();
  try {
    await requireOnePlace(client);
    // The slot keeps segments that checkpoints no longer need.
    await client.query("select pg_create_physical_replication_slot($1, true, true)", [
      `pocketcharge_backup_${String(process.pid)}`,
    ]);
    await client.query("select pg_backup_start('pocketcharge', fast => true)");
    await copy.files();
    const { rows } = await client.query<{ label: string; last: string; bytes: number }>(
      `select labelfile as label, pg_walfile_name(lsn) as last,
              pg_size_bytes(current_setting('wal_segment_size'))::int as bytes
       from pg_backup_stop(wait_for_archive => false)`,
    );
    const [end] = rows;
    const first = /^START WAL LOCATION: .* \(file ([0-9A-F]{24})\)$/m.exec(end?.label ?? "")?.[1];
    if (end === undefined || first === undefined) {
      throw new Error("PostgreSQL did not report where to replay its WAL from.");
    }
    await copy.log({ label: end.label, segments: segmentsBetween(first, end.last, end.bytes) });
    return await describe(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function requireOnePlace(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ spcname: string }>(
    "select spcname from pg_tablespace where spcname not in ('pg_default', 'pg_global')",
  );
  if (rows[0] === undefined) return;
  throw new Error(
    `The tablespace ${rows[0].spcname} is outside the data folder, so a backup cannot include it. ` +
      "Move its tables into the data folder, or use PostgreSQL's own backup tools.",
  );
}

async function describe(client: pg.Client): Promise<BackedUpDatabase> {
  const { rows } = await client.query<{ version: string; isMigrated: boolean }>(
    `select current_setting('server_version') as version,
            to_regclass('_prisma_migrations') is not null as "isMigrated"`,
  );
  const migrated = rows[0]?.isMigrated
    ? await client.query<{ name: string }>(
        `select migration_name as name from _prisma_migrations
         where finished_at is not null and rolled_back_at is null order by 1`,
      )
    : undefined;
  return {
    migrations: migrated?.rows.map(({ name }) => name) ?? [],
    postgresVersion: rows[0]?.version ?? "",
  };
}

/** A segment's name is its timeline and its number, written as two halves of eight digits each. */
export function segmentsBetween(first: string, last: string, segmentBytes: number): string[] {
  const inAHalf = 2 ** 32 / segmentBytes;
  const numberOf = (name: string) =>
    parseInt(name.slice(8, 16), 16) * inAHalf + parseInt(name.slice(16), 16);
  const hex = (value: number) => value.toString(16).toUpperCase().padStart(8, "0");
  const numbers = Array.from(
    { length: numberOf(last) - numberOf(first) + 1 },
    (_, at) => numberOf(first) + at,
  );
  return numbers.map(
    (number) => last.slice(0, 8) + hex(Math.floor(number / inAHalf)) + hex(number % inAHalf),
  );
}
