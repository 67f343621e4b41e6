import { type Audit, enterMade, entered } from "../records/audit.js";
import { type Database, type Queryable, execute, readRows } from "../database/database.js";
import { byKey } from "../database/by-key.js";
import { lookUpTogether } from "../database/look-ups.js";
import { type ReadingRequest, withinTime } from "../database/request-reads.js";
import { column, rowOf } from "../database/row.js";
import { type Sql, integer, sql } from "../database/sql.js";
import type { Tx } from "../database/transaction.js";
import type { PageNumber } from "../listing/page.js";
import { byColumn, readForParents } from "../listing/parent.js";
import { findRows, rowsOf } from "../records/record.js";
import { pathAlong } from "../listing/visible.js";
import { NEXT_MOMENT, updateRow } from "../records/write-row.js";
import { present } from "../shared/assert.js";
import { isSlug } from "./pocket-group.js";
import { pocketGroupGrantRecord } from "./pocket-group-grant.record.js";
import { type PocketGroup, pocketGroupRecord } from "./pocket-group.record.js";

export interface PocketGroupChanges {
  readonly name?: string;
  readonly isActive?: boolean;
  readonly minChargeAmount?: number | null;
  readonly maxChargeAmount?: number | null;
  readonly maxPocketBalance?: number | null;
}

export interface NewPocketGroup extends PocketGroupChanges {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly currency?: string;
}

/** Which group was granted to which merchant. */
export interface Grant {
  readonly pocketGroupId: string;
  readonly merchantId: string;
}

/** The condition for the one grant of a group to a merchant, by the key that begins with the merchant. */
export function grantKey(merchantId: Sql, pocketGroupId: Sql): Sql {
  return byKey(
    { column: "pocket_group_id", value: pocketGroupId },
    { column: "merchant_id", value: merchantId },
  );
}

export class PocketGroupStore {
  constructor(private readonly database: Database) {}

  findByIds(ids: readonly string[]): Promise<PocketGroup[]> {
    return findRows(
      this.database.pool,
      pocketGroupRecord,
      sql`id = any(${ids}::uuid[])`,
      "find_pocket_groups",
    );
  }

  /** What cannot be a slug is not looked for: PostgreSQL would refuse some of it as a text. */
  async findBySlug(slug: string): Promise<PocketGroup | null> {
    if (!isSlug(slug)) return null;
    const { pool } = this.database;
    const rows = await lookUpTogether<string, PocketGroup>(
      pool,
      "pocket groups by slug",
      [slug],
      (of) => (typeof of === "string" ? of : of.slug),
      (slugs) => {
        const condition = sql`slug = any(${slugs}::text[])`;
        return findRows(pool, pocketGroupRecord, condition, "find_pocket_groups_by_slug");
      },
    );
    return rows[0] ?? null;
  }

  async isGranted({ pocketGroupId, merchantId }: Grant): Promise<boolean> {
    const { pool } = this.database;
    const rows = await lookUpTogether<string, Grant>(
      pool,
      `grants of ${merchantId}`,
      [pocketGroupId],
      (of) => (typeof of === "string" ? of : of.pocketGroupId),
      (ids) =>
        readRows(
          pool,
          rowOf({ merchantId: column.uuid(), pocketGroupId: column.uuid() }),
          sql`select grants.merchant_id as "merchantId", grants.pocket_group_id as "pocketGroupId"
              from unnest(${ids}::uuid[]) as wanted(pocket_group_id)
              cross join lateral (
                select merchant_id, pocket_group_id from pocket_group_grants
                where ${grantKey(sql`${merchantId}::uuid`, sql`wanted.pocket_group_id`)}
              ) as grants`,
          "find_grants_of_merchant",
        ),
    );
    return rows.length > 0;
  }

  /** A group, which is never removed, and those of the merchants that it is granted to. */
  async findWithGrants(
    on: Queryable,
    id: string,
    merchantIds: readonly string[],
  ): Promise<PocketGroup & { readonly grantedTo: readonly string[] }> {
    const rows = await readRows(
      on,
      rowsOf(pocketGroupRecord).with({ grantedTo: column.textArray() }),
      sql`select ${pocketGroupRecord.columns},
                 array(select grants.merchant_id::text from unnest(${merchantIds}::uuid[]) as wanted(merchant_id)
                       cross join lateral (
                         select merchant_id from pocket_group_grants
                         where ${grantKey(sql`wanted.merchant_id`, sql`${id}::uuid`)}
                       ) as grants) as "grantedTo"
          from pocket_groups where id = ${id}::uuid`,
      "find_pocket_group_with_grants",
    );
    return present(rows[0], "a group, which is never removed");
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

  /** @throws a unique violation when the slug is taken. */
  async insert(group: NewPocketGroup, audit: Audit): Promise<void> {
    const { prisma } = this.database;
    await prisma.$transaction([
      prisma.pocketGroup.create({ data: group, select: { id: true } }),
      prisma.$executeRaw(enterMade(audit, pocketGroupRecord, sql`id = ${group.id}::uuid`)),
    ]);
  }

  /** The group as it is and stays until the transaction ends. */
  async lock(tx: Tx, id: string): Promise<PocketGroup> {
    const rows = await findRows(tx, pocketGroupRecord, sql`id = ${id}::uuid for no key update`);
    return present(rows[0], "a group, which is never removed");
  }

  /** Null takes a limit away; what is left out stays. */
  async update(
    tx: Tx,
    { id }: PocketGroup,
    changes: PocketGroupChanges,
    audit: Audit,
  ): Promise<PocketGroup> {
    const values = { ...changes, updatedAt: NEXT_MOMENT };
    const updated = await updateRow(tx, pocketGroupRecord, sql`id = ${id}::uuid`, values, audit);
    return present(updated, "a group, which is never removed");
  }

  /** Granting again changes nothing. */
  async grant({ merchantId, pocketGroupId }: Grant, audit: Audit): Promise<void> {
    await execute(
      this.database.pool,
      sql`with written as (
            insert into pocket_group_grants (merchant_id, pocket_group_id)
            values (${merchantId}::uuid, ${pocketGroupId}::uuid)
            on conflict do nothing returning *
          ), ${entered(audit, pocketGroupGrantRecord, "making")}
          select from written`,
    );
  }

  /** Revoking what is not granted changes nothing. */
  async revoke({ merchantId, pocketGroupId }: Grant, audit: Audit): Promise<void> {
    await execute(
      this.database.pool,
      sql`with written as (
            delete from pocket_group_grants
            where merchant_id = ${merchantId}::uuid and pocket_group_id = ${pocketGroupId}::uuid
            returning *
          ), ${entered(audit, pocketGroupGrantRecord, "ending")}
          select from written`,
    );
  }
}
