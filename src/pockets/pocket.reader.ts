import { merchantRecord } from "../access/merchant.record.js";
import { type Caller, isOperator } from "../callers/caller.js";
import type { ReadSource } from "../database/request-reads.js";
import { type Sql, sql } from "../database/sql.js";
import { ListReader } from "../listing/list-reader.js";
import { byColumn } from "../listing/parent.js";
import { toOne } from "../listing/to-one.js";
import { EVERYTHING, type FixedColumn, type Visible } from "../listing/visible.js";
import type { RecordDefinition } from "../records/record.js";
import { present } from "../shared/assert.js";
import { valuesOf } from "../shared/enumeration.js";
import { pocketChargeRecord } from "./pocket-charge.record.js";
import { PocketEntryKind } from "./ledger/ledger-entry.js";
import { pocketEntryRecord } from "./pocket-entry.record.js";
import { entryRollups } from "./pocket-entry-rollups.reader.js";
import { pocketEntryListTypes, pocketHoldListTypes } from "./pocket-entry.type.js";
import type { PocketGroupLoader } from "./pocket-group.loader.js";
import { pocketGroupRecord } from "./pocket-group.record.js";
import { pocketHoldRecord } from "./pocket-hold.record.js";
import type { PocketLoader } from "./pocket.loader.js";
import { pocketRecord } from "./pocket.record.js";
import { pocketChargeListTypes, pocketGroupListTypes, pocketListTypes } from "./pocket.type.js";

/** The rows of the groups that the caller may read: a merchant's granted groups, or all for operators. */
function ofReadableGroups(
  caller: Caller,
  column: Sql,
  fixed: readonly FixedColumn[] = [],
): Visible {
  if (isOperator(caller)) return EVERYTHING;
  const values = sql`select pocket_group_grants.pocket_group_id from pocket_group_grants
                     where pocket_group_grants.merchant_id = ${caller.merchantId}::uuid`;
  return { fixed, parts: { column, values } };
}

const POCKET_SCOPES = ["POCKETS_READ", "OPERATOR"] as const;

const pocketGroupListDefinition = {
  record: pocketGroupRecord,
  visibleTo: (caller: Caller) => ofReadableGroups(caller, sql`pocket_groups.id`),
  scopes: POCKET_SCOPES,
  parents: {
    merchant: {
      types: ["uuid"],
      fixed: () => [],
      check: ([merchantId]: readonly Sql[]) => sql`pocket_groups.id in (
        select g.pocket_group_id from pocket_group_grants g where g.merchant_id = ${merchantId})`,
    },
  },
} as const;

const pocketListDefinition = {
  record: pocketRecord,
  visibleTo: (caller: Caller) => ofReadableGroups(caller, sql`pockets.pocket_group_id`),
  scopes: POCKET_SCOPES,
  parents: {
    pocketGroup: byColumn(sql`pockets.pocket_group_id`),
  },
} as const;

/** The list of a merchant's own charges, entries or holds, whose tables have the same keys. */
function ownListDefinition<R extends RecordDefinition>(record: R) {
  const groupId = sql`${record.table}.pocket_group_id`;
  const phoneNumber = sql`${record.table}.phone_number`;
  return {
    record,
    /** A merchant sees only its own records. Operators read each group through its index, as merchants do. */
    visibleTo: (caller: Caller): Visible => {
      if (isOperator(caller)) {
        const values = sql`select pocket_groups.id from pocket_groups`;
        return { fixed: [], parts: { column: groupId, values } };
      }
      const merchantId = sql`${caller.merchantId}::uuid`;
      const isOwn = { column: sql`${record.table}.merchant_id`, value: merchantId };
      return ofReadableGroups(caller, groupId, [isOwn]);
    },
    scopes: POCKET_SCOPES,
    toOne: OWN_RELATIONS,
    parents: {
      pocketGroup: {
        types: ["uuid"],
        isRolledUp: true,
        fixed: (key: readonly Sql[], visible: readonly FixedColumn[]) => [
          ...alongColumns(key, [groupId]),
          ...visible,
        ],
      },
      pocket: {
        types: ["uuid", "text"],
        fixed: (key: readonly Sql[]) => alongColumns(key, [groupId, phoneNumber]),
      },
    },
  } as const;
}

/** The records to which an entry or a hold refers. */
const OWN_RELATIONS = {
  pocket: toOne(
    pocketRecord,
    ["pocket_group_id", "pocketGroupId"],
    ["phone_number", "phoneNumber"],
  ),
  pocketGroup: toOne(pocketGroupRecord, ["id", "pocketGroupId"]),
  merchant: toOne(merchantRecord, ["id", "merchantId"]),
};

const ENTRY_PARENTS = {
  reversalOf: entriesAlong(sql`pocket_entries.reversal_of_id`),
  pocketHold: entriesAlong(sql`pocket_entries.pocket_hold_id`),
  /** The entries of a pocket in a half-open interval. */
  statement: {
    types: ["uuid", "text", "text", "text"],
    fixed: (key: readonly Sql[]) =>
      alongColumns(key, [sql`pocket_entries.pocket_group_id`, sql`pocket_entries.phone_number`]),
    check: ([, , from, to]: readonly Sql[]) => sql`pocket_entries.created_at >= ${from}::timestamptz
        and pocket_entries.created_at < ${to}::timestamptz`,
  },
} as const;

/** The entries of a group with a reference to another record. */
function entriesAlong(column: Sql) {
  return {
    types: ["uuid", "uuid"],
    fixed: (key: readonly Sql[]) =>
      alongColumns(key, [sql`pocket_entries.pocket_group_id`, column]),
  } as const;
}

function alongColumns(key: readonly Sql[], columns: readonly Sql[]): FixedColumn[] {
  return columns.map((column, index) => ({
    column,
    value: present(key[index], "a part of the parent's key"),
  }));
}

/** The lists of pocket groups, pockets, charges, entries and holds, both top-level and nested. */
export class PocketReader {
  readonly groups;
  readonly pockets;
  readonly charges;
  readonly entries;
  readonly holds;

  constructor(source: ReadSource, groupLoader: PocketGroupLoader, pocketLoader: PocketLoader) {
    const entries = ownListDefinition(pocketEntryRecord);
    this.groups = new ListReader(
      source,
      pocketGroupListDefinition,
      pocketGroupListTypes,
      (context, rows) => {
        groupLoader.prime(context, rows);
      },
    );
    this.pockets = new ListReader(
      source,
      pocketListDefinition,
      pocketListTypes,
      (context, rows) => {
        pocketLoader.prime(context, rows);
      },
    );
    this.charges = new ListReader(
      source,
      {
        ...ownListDefinition(pocketChargeRecord),
        rollups: entryRollups(pocketChargeRecord, ["CHARGE"]),
      },
      pocketChargeListTypes,
    );
    this.entries = new ListReader(
      source,
      {
        ...entries,
        parents: { ...entries.parents, ...ENTRY_PARENTS },
        rollups: entryRollups(pocketEntryRecord, valuesOf(PocketEntryKind)),
      },
      pocketEntryListTypes,
    );
    this.holds = new ListReader(source, ownListDefinition(pocketHoldRecord), pocketHoldListTypes);
  }
}
