import { type Caller, isOperator } from "../access/caller.js";
import type { ReadSource } from "../database/request-reads.js";
import { type Sql, sql } from "../database/sql.js";
import { Lists } from "../listing/lists.js";
import { pocketChargeRecord } from "./pocket-charge.record.js";
import type { PocketGroupLoader } from "./pocket-group.loader.js";
import { pocketGroupRecord } from "./pocket-group.record.js";
import type { PocketLoader } from "./pocket.loader.js";
import { pocketRecord } from "./pocket.record.js";
import { pocketChargeLists, pocketGroupLists, pocketLists } from "./pocket.type.js";

/** The ids of the groups that the caller may read: those granted, for operators all. */
function readableGroups(caller: Caller): Sql {
  if (isOperator(caller)) return sql`select pocket_groups.id from pocket_groups`;
  return sql`select pocket_group_grants.pocket_group_id from pocket_group_grants
             where pocket_group_grants.merchant_id = ${caller.merchantId}::uuid`;
}

const pocketGroupList = {
  record: pocketGroupRecord,
  visibleTo: (caller: Caller) => sql`pocket_groups.id in (${readableGroups(caller)})`,
  parents: {
    merchant: {
      types: ["uuid"],
      condition: (merchantId: Sql) => sql`pocket_groups.id in (
        select g.pocket_group_id from pocket_group_grants g where g.merchant_id = ${merchantId})`,
    },
  },
} as const;

const pocketList = {
  record: pocketRecord,
  visibleTo: (caller: Caller) => sql`pockets.pocket_group_id in (${readableGroups(caller)})`,
  parents: {
    pocketGroup: {
      types: ["uuid"],
      condition: (pocketGroupId: Sql) => sql`pockets.pocket_group_id = ${pocketGroupId}`,
    },
  },
} as const;

const pocketChargeList = {
  record: pocketChargeRecord,
  /** A merchant sees the charges that it made itself. */
  visibleTo: (caller: Caller) => {
    const inReadableGroup = sql`pocket_charges.pocket_group_id in (${readableGroups(caller)})`;
    if (isOperator(caller)) return inReadableGroup;
    return sql`pocket_charges.merchant_id = ${caller.merchantId}::uuid and ${inReadableGroup}`;
  },
  parents: {
    pocketGroup: {
      types: ["uuid"],
      condition: (pocketGroupId: Sql) => sql`pocket_charges.pocket_group_id = ${pocketGroupId}`,
    },
    pocket: {
      types: ["uuid", "text"],
      condition: (pocketGroupId: Sql, phoneNumber: Sql) =>
        sql`pocket_charges.pocket_group_id = ${pocketGroupId}
            and pocket_charges.phone_number = ${phoneNumber}`,
    },
  },
} as const;

/** The lists of pocket groups, pockets and charges, whether of their own or nested. */
export class PocketLists {
  readonly groups;
  readonly pockets;
  readonly charges;

  constructor(source: ReadSource, groupLoader: PocketGroupLoader, pocketLoader: PocketLoader) {
    this.groups = new Lists(source, pocketGroupList, pocketGroupLists, (context, rows) => {
      groupLoader.prime(context, rows);
    });
    this.pockets = new Lists(source, pocketList, pocketLists, (context, rows) => {
      pocketLoader.prime(context, rows);
    });
    this.charges = new Lists(source, pocketChargeList, pocketChargeLists);
  }
}
