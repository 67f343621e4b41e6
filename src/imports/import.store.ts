import { type Database, execute, readRows } from "../database/database.js";
import { column, rowOf } from "../database/row.js";
import { type Sql, integer, sql } from "../database/sql.js";
import { type Tx, inTransaction } from "../database/transaction.js";
import { type Audit, auditEntryPart } from "../records/audit.js";
import { changeRecord } from "../records/write-record.js";
import { present } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import { type Import, importRecord } from "./import.record.js";

/** The values by which an entry looks like a row. */
export interface AlikeValues {
  /** In stored form. */
  readonly phoneNumber: string;
  readonly amount: number;
  readonly reference: string | null;
}

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

/** How far back entries are compared with rows. */
const ALIKE_DAYS = 7;
/** The most entries of a pocket that are compared with a row. */
const MOST_COMPARED = 100;

const KNOWN = rowOf({ id: column.uuid(), seed: column.bytes(), createdAt: column.timestamp() });
const ALIKE = rowOf({ index: column.integer(), createdAt: column.timestamp() });

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

  /**
   * Finds entries of the last week that a merchant made with the same values as rows have.
   *
   * @returns when the newest such entry of each row was made, in the order of the rows; null if there is none.
   */
  async findAlike(
    { merchantId, pocketGroupId, kind }: Pick<ImportKey, "merchantId" | "pocketGroupId" | "kind">,
    rows: readonly AlikeValues[],
  ): Promise<(Instant | null)[]> {
    const found = await readRows(
      this.database.pool,
      ALIKE,
      sql`select wanted.index::int as "index", alike.created_at as "createdAt"
          from unnest(${rows.map(({ phoneNumber }) => phoneNumber)}::text[],
                      ${rows.map(({ amount }) => amount)}::bigint[],
                      ${rows.map(({ reference }) => reference)}::text[])
            with ordinality as wanted(phone_number, amount, reference, index)
          cross join lateral (
            select max(recent.created_at) as created_at
            from (select * from pocket_ledger
                  where pocket_group_id = ${pocketGroupId}::uuid and phone_number = wanted.phone_number
                    and created_at > now() - make_interval(days => ${ALIKE_DAYS}::int)
                  order by created_at desc, id desc limit ${integer(MOST_COMPARED)}) as recent
            where recent.merchant_id = ${merchantId}::uuid and recent.kind = ${kind}
              and recent.amount = wanted.amount and recent.reference is not distinct from wanted.reference
          ) as alike
          where alike.created_at is not null`,
    );
    const times = new Map(found.map(({ index, createdAt }) => [index, createdAt]));
    return rows.map((_, index) => times.get(index + 1) ?? null);
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
