import { type Queryable, readRows } from "../database/database.js";
import { column, rowOf } from "../database/row.js";
import { type Sql, identifier, join, sql } from "../database/sql.js";
import type { Check } from "./check.js";
import { MERCHANT_CHECKS } from "./merchant-checks.js";
import { PLATFORM_CHECKS } from "./platform-checks.js";
import { POCKET_CHECKS } from "./pocket-checks.js";

/** A part of the ledger that is audited in one snapshot. */
export interface Unit {
  readonly kind: "platform" | "pocket group" | "merchant";
  /** The id of the group or the merchant; "" for the platform. */
  readonly id: string;
  /** The group's slug. */
  readonly slug?: string;
}

export interface UnitKind {
  readonly checks: readonly Check[];
  /** The kinds of record that the checks cover, with their tables. */
  readonly records: Readonly<Record<string, string>>;
  /** The column of the records' owner; null if the whole table belongs to the platform. */
  readonly owner: string | null;
}

export const UNIT_KINDS: Readonly<Record<Unit["kind"], UnitKind>> = {
  platform: {
    checks: PLATFORM_CHECKS,
    records: {
      merchant: "merchants",
      "pocket group": "pocket_groups",
      grant: "pocket_group_grants",
      "API token": "api_tokens",
    },
    owner: null,
  },
  "pocket group": {
    checks: POCKET_CHECKS,
    records: { pocket: "pockets", "ledger entry": "pocket_ledger", "pocket hold": "pocket_holds" },
    owner: "pocket_group_id",
  },
  merchant: {
    checks: MERCHANT_CHECKS,
    records: {
      employee: "employees",
      customer: "customers",
      order: "orders",
      "payment method": "payment_methods",
      "payment charge": "payment_charges",
      "payment refund": "payment_refunds",
      "payment authorization": "payment_authorizations",
      "status change": "payment_status_changes",
      "idempotency key": "idempotency_keys",
      "webhook endpoint": "webhook_endpoints",
      "webhook delivery": "webhook_deliveries",
    },
    owner: "merchant_id",
  },
};

/** The number of records of each kind in the unit. */
export async function countRecords(on: Queryable, unit: Unit): Promise<Record<string, number>> {
  const { records, owner } = UNIT_KINDS[unit.kind];
  const condition = owner === null ? sql`` : sql`where ${identifier(owner)} = ${unit.id}::uuid`;
  const counts = Object.entries(records).map(
    ([record, table]) =>
      sql`select ${record}::text as record, count(*) as count from ${identifier(table)} ${condition}`,
  );
  const rows = await readRows(
    on,
    rowOf({ record: column.text(), count: column.bigint() }),
    join(counts, " union all "),
  );
  const countOf = new Map(rows.map(({ record, count }) => [record, count]));
  return Object.fromEntries(Object.keys(records).map((name) => [name, countOf.get(name) ?? 0]));
}

const PAGE = 500;

/** All pocket groups or merchants, in the order of their ids, a page of them in memory at a time. */
export async function* everyUnit(
  on: Queryable,
  kind: "pocket group" | "merchant",
): AsyncGenerator<Unit> {
  for (let after: string | null = null; ;) {
    const units: Unit[] = await readRows<Unit>(on, ROWS[kind], pageOf(kind, after));
    yield* units;
    const last = units.at(-1);
    if (last === undefined || units.length < PAGE) return;
    after = last.id;
  }
}

const MERCHANT = rowOf({ kind: column.text<"merchant">(), id: column.uuid() });
const GROUP = rowOf({
  kind: column.text<"pocket group">(),
  id: column.uuid(),
  slug: column.text(),
});
const ROWS = { merchant: MERCHANT, "pocket group": GROUP };

function pageOf(kind: "pocket group" | "merchant", after: string | null): Sql {
  const beyond = after === null ? sql`true` : sql`id > ${after}::uuid`;
  return kind === "merchant"
    ? sql`select 'merchant' as kind, id from merchants where ${beyond} order by id limit ${PAGE}::int`
    : sql`select 'pocket group' as kind, id, slug from pocket_groups where ${beyond}
          order by id limit ${PAGE}::int`;
}

/** @returns null when there is no such group. */
export async function findGroup(on: Queryable, slug: string): Promise<Unit | null> {
  const rows = await readRows(
    on,
    GROUP,
    sql`select 'pocket group' as kind, id, slug from pocket_groups where slug = ${slug}`,
  );
  return rows[0] ?? null;
}

/** @returns null when there is no such merchant. */
export async function findMerchant(on: Queryable, id: string): Promise<Unit | null> {
  const rows = await readRows(
    on,
    MERCHANT,
    sql`select 'merchant' as kind, id from merchants where id = ${id}::uuid`,
  );
  return rows[0] ?? null;
}
