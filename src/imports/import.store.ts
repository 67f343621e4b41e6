import { type Database, execute, readRows } from "../database/database.js";
import { column, rowOf } from "../database/row.js";
import { type Sql, sql } from "../database/sql.js";
import { type Tx, inTransaction } from "../database/transaction.js";
import { type Audit, auditEntryPart } from "../records/audit.js";
import { changeRecord } from "../records/write-record.js";
import { present } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import { type Import, importRecord } from "./import.record.js";

/** What identifies an import: the same file of the same merchant, for the same group and purpose. */
export type ImportKey = Pick<
  Import,
  "merchantId" | "pocketGroupId" | "kind" | "fileSha256" | "again"
>;

/** An import as the tokens of its rows need it. */
export interface KnownImport {
  readonly id: string;
  readonly seed: Buffer;
  readonly createdAt: Instant;
}

/** What came of a run. */
export type ImportCounts = Readonly<Record<"rows" | "succeeded" | "repeated" | "refused", number>>;

const KNOWN = rowOf({ id: column.uuid(), seed: column.bytes(), createdAt: column.timestamp() });

export class ImportStore {
  constructor(private readonly database: Database) {}

  /** @returns null if the file was not imported before. */
  async find(key: ImportKey): Promise<KnownImport | null> {
    return (await readRows(this.database.pool, KNOWN, known(key), "find_import"))[0] ?? null;
  }

  /**
   * Creates an import, or finds the one with the same key. However many requests do this at once, all get the same one.
   * The id and the seed must be new. Only a created import has an audit entry.
   */
  findOrCreate(
    key: ImportKey,
    { id, seed }: Pick<KnownImport, "id" | "seed">,
    audit: Audit,
  ): Promise<KnownImport> {
    const { merchantId, pocketGroupId, kind, fileSha256, again } = key;
    return inTransaction(this.database.pool, async (tx: Tx) => {
      const [earlier] = await readRows(tx, KNOWN, known(key), "find_import");
      if (earlier !== undefined) return earlier;
      await execute(
        tx,
        sql`with written as (
              insert into imports (merchant_id, id, pocket_group_id, kind, file_sha256, again, seed)
              values (${merchantId}::uuid, ${id}::uuid, ${pocketGroupId}::uuid, ${kind}, ${fileSha256}, ${again}, ${seed})
              on conflict (merchant_id, pocket_group_id, kind, file_sha256, again) do nothing
              returning *
            ), ${auditEntryPart(audit, importRecord, "create")}
            select from written`,
      );
      // A separate statement, which sees the import that another request has committed in the meantime.
      const [stored] = await readRows(tx, KNOWN, known(key), "find_import");
      return present(stored, "the import that was created");
    });
  }

  /** Records how a run ended. */
  async end(
    { merchantId, id }: Pick<Import, "merchantId" | "id">,
    counts: ImportCounts,
    audit: Audit,
  ): Promise<void> {
    const decide = (_: Import, now: Instant) => ({ ...counts, endedAt: now });
    await changeRecord(this.database, importRecord, { merchantId, id }, decide, audit);
  }
}

function known({ merchantId, pocketGroupId, kind, fileSha256, again }: ImportKey): Sql {
  return sql`
    select id, seed, created_at as "createdAt" from imports
    where merchant_id = ${merchantId}::uuid and pocket_group_id = ${pocketGroupId}::uuid
      and kind = ${kind} and file_sha256 = ${fileSha256} and again = ${again}`;
}
