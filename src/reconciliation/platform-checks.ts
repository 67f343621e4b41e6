import { type Sql, identifier, join, sql } from "../database/sql.js";
import { type Check, MOST } from "./check.js";
import { unique } from "./unique-check.js";

/** What belongs to a group or a merchant, in tables too large to be read here. */
const OWNED = [
  ["pocket", "pockets", "pocket_group_id", "pocket_groups"],
  ["pocket charge", "pocket_charges", "pocket_group_id", "pocket_groups"],
  ["grant", "pocket_group_grants", "pocket_group_id", "pocket_groups"],
  ["grant", "pocket_group_grants", "merchant_id", "merchants"],
  ["employee", "employees", "merchant_id", "merchants"],
  ["API token", "api_tokens", "merchant_id", "merchants"],
  ["record number", "record_numbers", "merchant_id", "merchants"],
  ["customer", "customers", "merchant_id", "merchants"],
  ["order", "orders", "merchant_id", "merchants"],
  ["payment method", "payment_methods", "merchant_id", "merchants"],
  ["payment charge", "payment_charges", "merchant_id", "merchants"],
  ["payment refund", "payment_refunds", "merchant_id", "merchants"],
  ["payment authorization", "payment_authorizations", "merchant_id", "merchants"],
  ["status change", "payment_status_changes", "merchant_id", "merchants"],
  ["idempotency key", "idempotency_keys", "merchant_id", "merchants"],
] as const;

/**
 * The owners that rows of a table name, each once: from one to the next by the index that they lead. Citus
 * does not do that shard by shard, and reads the whole index of each instead, all shards at once.
 */
function ownersIn(table: Sql, column: Sql, isDistributed: boolean): Sql {
  if (isDistributed)
    return sql`select distinct ${column} as id from ${table} where ${column} is not null`;
  const next = (after: Sql): Sql =>
    sql`(select ${column} from ${table} ${after} order by 1 limit 1)`;
  return sql`with recursive owners as (
      select * from ${next(sql`where ${column} is not null`)} as o(id)
      union all
      select ${next(sql`where ${column} > owners.id`)} from owners where owners.id is not null
    ) select id from owners where id is not null`;
}

/** What no group's and no merchant's own books can show. */
export const PLATFORM_CHECKS: readonly Check[] = [
  {
    name: "owner",
    meaning:
      "Everything belongs to a pocket group or a merchant, none of which is ever removed. The books of one that was removed are not audited.",
    find: (_, isDistributed) =>
      join(
        OWNED.map(
          ([record, table, column, owners]) => sql`
            select ${column.replaceAll("_", " ").replace(" id", "")}::text as record, o.id::text as id,
                   format('It is not there, and %ss belong to it.', ${record}::text) as problem
            from (${ownersIn(identifier(table), identifier(column), isDistributed)}) o
            where not exists (select from ${identifier(owners)} t where t.id = o.id)`,
        ),
        " union all ",
      ),
  },
  {
    name: "pocket-group-limits",
    meaning: "Limits are from 1 to 2^53-1 and leave room for some charge. The group takes none.",
    find: () => sql`
      select 'pocket group' as record, id::text as id,
             format('A charge is limited to %s to %s, and a pocket to %s.', coalesce(min_charge_amount::text, 'none'),
                    coalesce(max_charge_amount::text, 'none'), coalesce(max_pocket_balance::text, 'none')) as problem
      from pocket_groups
      where not (coalesce(min_charge_amount, 1) between 1 and ${MOST}
                 and coalesce(max_charge_amount, ${MOST}) between coalesce(min_charge_amount, 1) and ${MOST}
                 and coalesce(max_pocket_balance, ${MOST}) between coalesce(min_charge_amount, 1) and ${MOST})`,
  },
  {
    name: "api-token-scopes",
    meaning:
      "An operator's token belongs to no merchant and can do nothing else; no merchant's token is an operator's. Revoke it.",
    find: () => sql`
      select 'API token' as record, id::text as id,
             format('It belongs to %s, with the scopes %s.', coalesce('the merchant ' || merchant_id, 'no merchant'),
                    array_to_string(scopes, ', ')) as problem
      from api_tokens
      where case when merchant_id is null then scopes <> array['OPERATOR']::api_scope[]
                 else 'OPERATOR' = any (scopes) end`,
  },
  unique("API token", "api_tokens", null, ["secret_hash"], {
    meaning: "A secret is one token's. Which of them a request is made with is chance.",
  }),
  unique("pocket group", "pocket_groups", null, ["slug"], {
    meaning: "A slug is one group's. Which of them is charged is chance.",
  }),
  unique("pocket group", "pocket_groups", null, ["id"]),
  unique("merchant", "merchants", null, ["id"]),
];
