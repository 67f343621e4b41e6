import { type Sql, join, sql } from "../database/sql.js";
import {
  AUTHORIZATION_TRANSITIONS,
  CHARGE_TRANSITIONS,
  REFUND_TRANSITIONS,
} from "../payments/payment-transitions.js";
import type { Check } from "./check.js";

const KINDS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  PAYMENT_CHARGE: CHARGE_TRANSITIONS,
  PAYMENT_REFUND: REFUND_TRANSITIONS,
  PAYMENT_AUTHORIZATION: AUTHORIZATION_TRANSITIONS,
};

/** Every allowed status change. A payment may be created in any status. */
const STEPS = Object.entries(KINDS).flatMap(([kind, transitions]) =>
  Object.entries(transitions).flatMap(([from, next]) => [
    { kind, from: null, to: from },
    ...next.map((to) => ({ kind, from, to })),
  ]),
);

/** The statuses that set a timestamp, for each kind of payment. */
const TIMES: readonly (readonly [record: string, table: Sql, statuses: readonly string[]])[] = [
  ["payment charge", sql`payment_charges`, ["FAILED", "CANCELED", "EXPIRED"]],
  ["payment refund", sql`payment_refunds`, ["SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"]],
  [
    "payment authorization",
    sql`payment_authorizations`,
    ["SUCCEEDED", "FAILED", "CANCELED", "EXPIRED", "CAPTURED"],
  ],
];

const COLUMNS: Readonly<Record<string, Sql>> = {
  SUCCEEDED: sql`p.succeeded_at`,
  FAILED: sql`p.failed_at`,
  CANCELED: sql`p.canceled_at`,
  EXPIRED: sql`p.expired_at`,
  CAPTURED: sql`p.captured_at`,
};

const KIND = sql`lower(replace(p.owner_type, '_', ' ') collate "C")`;

/** When a merchant's payments last entered each status. */
function lastEntered(merchant: string): Sql {
  return sql`select payment_id, to_status, max(at) as at from payment_status_changes
             where merchant_id = ${merchant}::uuid group by payment_id, to_status`;
}

/** The rules for status histories: each is a sequence of allowed transitions from creation to the current status. */
export const PAYMENT_HISTORY_CHECKS: readonly Check[] = [
  {
    name: "status-history-start",
    meaning:
      "A payment's history begins with its creation. Its first entry was deleted or changed.",
    find: (merchant) => sql`
      select ${KIND} as record, p.id::text as id,
             case when h.at is null then 'It has no status history.'
                  else format('It was made at %s, and its history begins at %s, going on from %s.',
                              p.created_at, h.at, coalesce(h.from_status, 'nothing')) end as problem
      from payments p left join (
        select distinct on (payment_id) payment_id, from_status, at from payment_status_changes
        where merchant_id = ${merchant}::uuid order by payment_id, at, id) h on h.payment_id = p.id
      where p.merchant_id = ${merchant}::uuid
        and (h.at is null or h.from_status is not null or h.at <> p.created_at)`,
  },
  {
    name: "status-history-path",
    meaning:
      "Each history entry continues from the status of the previous one. An entry was deleted or changed.",
    find: (merchant) => sql`
      select 'status change' as record, id::text as id,
             format('In the history of %s it goes on from %s, and the entry before it came to %s.',
                    payment_id, coalesce(from_status, 'nothing'), before) as problem
      from (select id, payment_id, from_status, lag(to_status) over (partition by payment_id order by at, id) as before
            from payment_status_changes where merchant_id = ${merchant}::uuid) h
      where before is not null and from_status is distinct from before`,
  },
  {
    name: "status-history-step",
    meaning:
      "Statuses follow fixed transitions. A status was set in violation of them, or by a server version with other transitions.",
    find: (merchant) => sql`
      select 'status change' as record, h.id::text as id,
             format('In the history of %s, a %s, it goes from %s to %s.',
                    p.id, ${KIND}, coalesce(h.from_status, 'nothing'), h.to_status) as problem
      from payment_status_changes h
      join payments p on p.merchant_id = h.merchant_id and p.id = h.payment_id
      where h.merchant_id = ${merchant}::uuid and not exists (
        select from unnest(${STEPS.map(({ kind }) => kind)}::text[], ${STEPS.map(({ from }) => from)}::text[],
                           ${STEPS.map(({ to }) => to)}::text[]) as step(kind, from_status, to_status)
        where step.kind = p.owner_type and step.to_status = h.to_status
          and step.from_status is not distinct from h.from_status)`,
  },
  {
    name: "status-history-end",
    meaning:
      "A payment's status is the last one in its history. The status was changed without a history entry, or the last entry was deleted.",
    find: (merchant) => sql`
      select ${KIND} as record, p.id::text as id,
             format('Its status is %s, and its history ends with %s.', p.status, h.to_status) as problem
      from payments p join (
        select distinct on (payment_id) payment_id, to_status from payment_status_changes
        where merchant_id = ${merchant}::uuid order by payment_id, at desc, id desc) h on h.payment_id = p.id
      where p.merchant_id = ${merchant}::uuid and p.status <> h.to_status`,
  },
  {
    name: "status-history-times",
    meaning:
      "The timestamps of a history increase, and none is later than the payment's last update. A timestamp was changed.",
    find: (merchant) => sql`
      select 'status change' as record, h.id::text as id,
             case when h.at > p.updated_at
                  then format('It is of %s, and its payment %s was changed last at %s.', h.at, p.id, p.updated_at)
                  else format('It is of %s, and so is another entry of its payment %s.', h.at, p.id) end as problem
      from (select id, payment_id, at, lag(at) over (partition by payment_id order by at, id) as before
            from payment_status_changes where merchant_id = ${merchant}::uuid) h
      join payments p on p.merchant_id = ${merchant}::uuid and p.id = h.payment_id
      where h.at > p.updated_at or h.at = h.before`,
  },
  ...TIMES.map(([record, table, statuses]): Check => ({
    name: `${record.replace(" ", "-")}-status-times`,
    meaning:
      "Columns such as failed_at have the time when the status was last entered, or null. A timestamp or a history entry was changed.",
    find: (merchant) => sql`
        select ${record}::text as record, p.id::text as id,
               format('By its record it last became %s at %s, and by its history at %s.', t.status,
                      coalesce(t.stored::text, 'no time'), coalesce(h.at::text, 'no time')) as problem
        from ${table} p
        cross join lateral (values ${join(
          statuses.map((status) => sql`(${status}::text, ${COLUMNS[status]})`),
          ", ",
        )}) as t(status, stored)
        left join (${lastEntered(merchant)}) h on h.payment_id = p.id and h.to_status = t.status
        where p.merchant_id = ${merchant}::uuid and t.stored is distinct from h.at`,
  })),
  {
    name: "payment-charge-succeeded-at",
    meaning:
      "A charge has succeeded_at, which the merchant may set, exactly if it has succeeded. A timestamp or a history entry was changed.",
    find: (merchant) => sql`
      select 'payment charge' as record, p.id::text as id,
             format('It is %s, succeeded_at is %s, and by its history it %s succeeded.', p.status,
                    coalesce(p.succeeded_at::text, 'missing'),
                    case when h.at is null then 'never' else 'once' end) as problem
      from payment_charges p
      left join (${lastEntered(merchant)}) h on h.payment_id = p.id and h.to_status = 'SUCCEEDED'
      where p.merchant_id = ${merchant}::uuid
        and case when p.succeeded_at is null then p.status = 'SUCCEEDED' else h.at is null end`,
  },
  {
    name: "payment-charge-frozen",
    meaning:
      "A charge is frozen permanently once its status has left CREATED. Its amounts may have changed after payment, or cannot be corrected.",
    find: (merchant) => sql`
      select 'payment charge' as record, p.id::text as id,
             case when p.is_frozen then 'It is frozen, and its status has never left CREATED.'
                  else 'It is not frozen, and its status has left CREATED.' end as problem
      from payment_charges p
      left join (select distinct payment_id from payment_status_changes
                 where merchant_id = ${merchant}::uuid and to_status <> 'CREATED') h on h.payment_id = p.id
      where p.merchant_id = ${merchant}::uuid and p.is_frozen <> (h.payment_id is not null)`,
  },
];
