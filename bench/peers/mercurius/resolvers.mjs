import { requireScope } from "../rules.mjs";
import { chargePockets } from "./charge-pockets.mjs";

const COLUMNS = `c.pocket_group_id as "pocketGroupId", c.id, c.token, c.merchant_id as "merchantId",
  c.phone_number as "phoneNumber", c.amount, c.balance_after as "balanceAfter",
  c.created_at as "createdAt"`;

export const resolvers = {
  Query: {
    async pocketCharge(_, { pocketGroupSlug, token }, { pool, caller }) {
      requireScope(caller, "POCKETS_READ");
      const { rows } = await pool.query({
        name: "trace",
        text: `select ${COLUMNS}
               from pocket_groups g
               join pocket_group_grants p on p.pocket_group_id = g.id and p.merchant_id = $3
               join pocket_ledger c on c.pocket_group_id = g.id
               where g.slug = $1 and c.token = $2 and c.merchant_id = $3`,
        values: [pocketGroupSlug, token, caller.merchantId],
      });
      return rows[0] ?? null;
    },

    async pocketCharges(_, { first }, { pool, caller }) {
      requireScope(caller, "POCKETS_READ");
      const { rows } = await pool.query({
        name: "list",
        text: `select ${COLUMNS}
               from pocket_group_grants p
               cross join lateral (
                 select * from pocket_ledger l
                 where l.pocket_group_id = p.pocket_group_id and l.merchant_id = p.merchant_id
                 order by l.created_at desc, l.id desc limit $2
               ) c
               where p.merchant_id = $1
               order by c.created_at desc, c.id desc limit $2`,
        values: [caller.merchantId, first],
      });
      return { nodes: rows };
    },
  },

  Mutation: {
    async chargePockets(_, { input: { pocketGroupSlug, charges } }, { pool, caller }) {
      requireScope(caller, "POCKETS_CHARGE");
      return { results: await chargePockets(pool, caller, pocketGroupSlug, charges) };
    },
  },
};

export const loaders = {
  PocketCharge: {
    async pocket(queries, { pool }) {
      const { rows } = await pool.query({
        name: "pockets",
        text: `select p.pocket_group_id as "pocketGroupId", p.phone_number as "phoneNumber", p.balance
               from unnest($1::uuid[], $2::text[]) as k(pocket_group_id, phone_number)
               join pockets p using (pocket_group_id, phone_number)`,
        values: [
          queries.map(({ obj }) => obj.pocketGroupId),
          queries.map(({ obj }) => obj.phoneNumber),
        ],
      });
      const keyOf = ({ pocketGroupId, phoneNumber }) => `${pocketGroupId}/${phoneNumber}`;
      const pockets = new Map(rows.map((pocket) => [keyOf(pocket), pocket]));
      return queries.map(({ obj }) => pockets.get(keyOf(obj)));
    },

    async merchant(queries, { pool }) {
      const { rows } = await pool.query({
        name: "merchants",
        text: "select id, name from merchants where id = any($1::uuid[])",
        values: [[...new Set(queries.map(({ obj }) => obj.merchantId))]],
      });
      const merchants = new Map(rows.map((merchant) => [merchant.id, merchant]));
      return queries.map(({ obj }) => merchants.get(obj.merchantId));
    },
  },
};
