import type { Audit } from "../records/audit.js";
import { type Database, type Queryable, hasRows, readRows } from "../database/database.js";
import { byKey } from "../database/by-key.js";
import { foldedCase } from "../database/fold-case.js";
import { batchedLookUp } from "../database/look-ups.js";
import type { NewRow } from "../database/models.js";
import { type ReadingRequest, withinTime } from "../database/request-reads.js";
import { column, rowOf } from "../database/row.js";
import { type Sql, integer, sql, unnest } from "../database/sql.js";
import type { PageNumber } from "../listing/page.js";
import { byColumn, readForParents } from "../listing/parent.js";
import { findByKeys, rowsOf } from "../records/record.js";
import {
  changeRecord,
  createMissingRecord,
  createRecord,
  removeRecord,
} from "../records/write-record.js";
import { pathAlong } from "../listing/visible.js";
import { present } from "../shared/assert.js";
import { isSlug } from "./pocket-group.js";
import { pocketGroupGrantRecord } from "./pocket-group-grant.record.js";
import { type PocketGroup, pocketGroupRecord } from "./pocket-group.record.js";

/** A group and the merchant that it is granted to. */
export interface Grant {
  readonly pocketGroupId: string;
  readonly merchantId: string;
}

/** The condition that finds a group's grant to a merchant, by the unique index that starts with the merchant. */
export function grantKey(merchantId: Sql, pocketGroupId: Sql): Sql {
  return byKey(
    { column: "pocket_group_id", value: pocketGroupId },
    { column: "merchant_id", value: merchantId },
  );
}

/**
 * Groups and grants are looked up by SQL: each trace of a charge looks up both, and lists of pocket charges load
 * groups. Through Prisma Client, such a list took 15 to 35% more of the server's processor time.
 */
export class PocketGroupStore {
  constructor(private readonly database: Database) {}

  findByIds(ids: readonly string[]): Promise<PocketGroup[]> {
    const listed = { column: "id", type: "uuid", values: ids } as const;
    return findByKeys(this.database.pool, pocketGroupRecord, [], [listed], "find_pocket_groups");
  }

  /** Does not look up invalid slugs: PostgreSQL refuses some of them as text. */
  async findBySlug(slug: string): Promise<PocketGroup | null> {
    if (!isSlug(slug)) return null;
    const { pool } = this.database;
    const rows = await batchedLookUp<string, PocketGroup>(
      pool,
      "pocket groups by slug",
      [slug],
      (of) => (typeof of === "string" ? of : of.slug),
      (slugs) => {
        const listed = { column: "slug", type: "text", values: slugs } as const;
        return findByKeys(pool, pocketGroupRecord, [], [listed], "find_pocket_groups_by_slug");
      },
    );
    return rows[0] ?? null;
  }

  async isGranted({ pocketGroupId, merchantId }: Grant): Promise<boolean> {
    const { pool } = this.database;
    const rows = await batchedLookUp<string, Grant>(
      pool,
      `grants of ${merchantId}`,
      [pocketGroupId],
      (of) => (typeof of === "string" ? of : of.pocketGroupId),
      (ids) =>
        readRows(
          pool,
          rowOf({ merchantId: column.uuid(), pocketGroupId: column.uuid() }),
          sql`select grants.merchant_id as "merchantId", grants.pocket_group_id as "pocketGroupId"
              from ${unnest(sql`${ids}::uuid[]`)} as wanted(pocket_group_id)
              cross join lateral (
                select merchant_id, pocket_group_id from pocket_group_grants
                where ${grantKey(sql`${merchantId}::uuid`, sql`wanted.pocket_group_id`)}
              ) as grants`,
          "find_grants_of_merchant",
        ),
    );
    return rows.length > 0;
  }

  /** A group, which is never deleted, and which of the merchants it is granted to. */
  async findWithGrants(
    on: Queryable,
    id: string,
    merchantIds: readonly string[],
  ): Promise<PocketGroup & { readonly grantedTo: readonly string[] }> {
    const rows = await readRows(
      on,
      rowsOf(pocketGroupRecord).with({ grantedTo: column.textArray() }),
      sql`select ${pocketGroupRecord.columns},
                 array(select grants.merchant_id::text from ${unnest(sql`${merchantIds}::uuid[]`)} as wanted(merchant_id)
                       cross join lateral (
                         select merchant_id from pocket_group_grants
                         where ${grantKey(sql`wanted.merchant_id`, sql`${id}::uuid`)}
                       ) as grants) as "grantedTo"
          from pocket_groups where id = ${id}::uuid`,
      "find_pocket_group_with_grants",
    );
    return present(rows[0], "a group, which is never deleted");
  }

  /** One page of the merchants that each group is granted to, oldest grant first. */
  async findGranted(
    request: ReadingRequest,
    pocketGroupIds: readonly string[],
    { number, size }: PageNumber,
  ): Promise<string[][]> {
    const groups = byColumn(sql`g.pocket_group_id`);
    const rows = await readForParents(
      withinTime(this.database.pool, request),
      rowOf({ merchantId: column.uuid() }),
      groups,
      pocketGroupIds.map((id) => [id]),
      (key, isDistributed) => {
        const path = pathAlong(groups.fixed(key, []), isDistributed);
        const order = sql`order by ${path.order("ASC")}g.created_at, g.merchant_id`;
        return {
          select: sql`g.merchant_id as "merchantId"`,
          rest: sql`from pocket_group_grants g where ${path.condition}
            ${order} limit ${integer(size)} offset ${(number - 1) * size}::bigint`,
          position: sql`row_number() over (${order})`,
        };
      },
    );
    return rows.map((granted) => granted.map(({ merchantId }) => merchantId));
  }

  knowsTimeZone(name: string): Promise<boolean> {
    const isNamed = sql`${foldedCase(sql`name`)} = ${foldedCase(sql`${name}::text`)}`;
    return hasRows(this.database.pool, sql`select from pg_timezone_names where ${isNamed}`);
  }

  /** @throws a unique violation if the slug is taken. */
  insert(group: NewRow<"PocketGroup">, audit: Audit): Promise<PocketGroup> {
    return createRecord(this.database, pocketGroupRecord, group, audit);
  }

  /** @param decide receives the locked group and returns the changes. */
  async update(
    id: string,
    decide: (group: PocketGroup) => Partial<NewRow<"PocketGroup">>,
    audit: Audit,
  ): Promise<PocketGroup> {
    const updated = await changeRecord(this.database, pocketGroupRecord, { id }, decide, audit);
    return present(updated, "a group, which is never deleted");
  }

  /** A repeated grant changes nothing. */
  grant(grant: Grant, audit: Audit): Promise<void> {
    return createMissingRecord(this.database, pocketGroupGrantRecord, grant, audit);
  }

  /** Revoking a missing grant changes nothing. */
  async revoke({ merchantId, pocketGroupId }: Grant, audit: Audit): Promise<void> {
    const key = { merchantId, pocketGroupId };
    await removeRecord(this.database, pocketGroupGrantRecord, key, audit);
  }
}
