import { type Sql, identifier, join, sql } from "../database/sql.js";
import { type Check, MOST, pluralOf } from "./check.js";
import { unique } from "./unique-check.js";

/** The tables whose rows belong to a group or a merchant. They are too large to scan here. */
const OWNED = [
  ["pocket", "pockets", "pocket_group_id", "pocket_groups"],
  ["ledger entry", "pocket_ledger", "pocket_group_id", "pocket_groups"],
  ["pocket hold", "pocket_holds", "pocket_group_id", "pocket_groups"],
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
  ["webhook endpoint", "webhook_endpoints", "merchant_id", "merchants"],
  ["webhook delivery", "webhook_deliveries", "merchant_id", "merchants"],
] as const;

/**
 * The distinct owners of a table's rows, found by skipping through the index that begins with the owner. Citus
 * cannot run this query per shard, so there each shard scans its whole index, in parallel.
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

/** The platform-wide rules, which the audits of single groups and merchants cannot verify. */
export const PLATFORM_CHECKS: readonly Check[] = [
  {
    name: "owner",
    meaning:
      "Every record belongs to an existing pocket group or merchant, and these are never deleted. The records of a deleted one are not audited.",
    find: (_, isDistributed) =>
      join(
        OWNED.map(
          ([record, table, column, owners]) => sql`
            select ${column.replaceAll("_", " ").replace(" id", "")}::text as record, o.id::text as id,
                   format('It is not there, and %s belong to it.', ${pluralOf(record)}::text) as problem
            from (${ownersIn(identifier(table), identifier(column), isDistributed)}) o
            where not exists (select from ${identifier(owners)} t where t.id = o.id)`,
        ),
        " union all ",
      ),
  },
  {
    name: "pocket-group-limits",
    meaning:
      "Limits are from 1 to 2^53-1 and allow some charge and some debit. The group refuses every charge or every debit.",
    find: () => sql`
      select 'pocket group' as record, id::text as id,
             format('A charge is limited to %s to %s, a debit to %s to %s, and a pocket to %s.',
                    coalesce(min_charge_amount::text, 'none'), coalesce(max_charge_amount::text, 'none'),
                    coalesce(min_debit_amount::text, 'none'), coalesce(max_debit_amount::text, 'none'),
                    coalesce(max_pocket_balance::text, 'none')) as problem
      from pocket_groups
      where not (coalesce(min_charge_amount, 1) between 1 and ${MOST}
                 and coalesce(max_charge_amount, ${MOST}) between coalesce(min_charge_amount, 1) and ${MOST}
                 and coalesce(min_debit_amount, 1) between 1 and ${MOST}
                 and coalesce(max_debit_amount, ${MOST}) between coalesce(min_debit_amount, 1) and ${MOST}
                 and coalesce(max_pocket_balance, ${MOST}) between coalesce(min_charge_amount, 1) and ${MOST})`,
  },
  {
    name: "api-token-scopes",
    meaning:
      "An operator's token belongs to no merchant and has no other scope, and a merchant's token does not have OPERATOR. Revoke this token.",
    find: () => sql`
      select 'API token' as record, id::text as id,
             format('It belongs to %s, with the scopes %s.', coalesce('the merchant ' || merchant_id, 'no merchant'),
                    array_to_string(scopes, ', ')) as problem
      from api_tokens
      where case when merchant_id is null then scopes <> array['OPERATOR']::api_scope[]
                 else 'OPERATOR' = any (scopes) end`,
  },
  unique("API token", "api_tokens", null, ["secret_hash"], {
    meaning:
      "Every token has its own secret. The server cannot tell which of these tokens a request uses.",
  }),
  unique("pocket group", "pocket_groups", null, ["slug"], {
    meaning:
      "Every group has its own slug. The server cannot tell which of these groups to charge.",
  }),
  unique("pocket group", "pocket_groups", null, ["id"]),
  unique("merchant", "merchants", null, ["id"]),
];
