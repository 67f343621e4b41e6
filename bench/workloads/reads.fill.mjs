import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";

const GROUP_COUNT = 100;
const CHARGES_OF_A_POCKET = 10;

/**
 * Fills an empty demo: 100 groups that are granted to its merchant, their pockets spread evenly, ten
 * charges each, made one a second.
 */
export async function fillCharges(client, chargeCount) {
  await client.query(
    `insert into pocket_groups (id, slug, name)
     select gen_random_uuid(), 'group-' || i, 'Group ' || i from generate_series(2, $1::int) i`,
    [GROUP_COUNT],
  );
  await client.query(
    `insert into pocket_group_grants (merchant_id, pocket_group_id)
     select m.id, g.id from merchants m, pocket_groups g where g.slug <> $1`,
    [DEMO_GROUP_SLUG],
  );
  await client.query(
    `create temporary table numbered as
     select id, row_number() over (order by slug <> $1, slug) - 1 as n from pocket_groups`,
    [DEMO_GROUP_SLUG],
  );
  const pocketCount = chargeCount / CHARGES_OF_A_POCKET;
  await client.query(
    `insert into pockets (pocket_group_id, id, phone_number, balance, created_at, updated_at)
     select g.id, gen_random_uuid(), '989' || lpad(i::text, 9, '0'), $2,
            timestamptz '2026-01-01' + i * interval '1 second', now()
     from generate_series(0, $1::int - 1) i join numbered g on g.n = i % ${GROUP_COUNT}`,
    [pocketCount, CHARGES_OF_A_POCKET],
  );
  // A random UUID with the version's digit set is one of version 7 to the database.
  await client.query(
    `insert into pocket_charges
       (pocket_group_id, id, token, merchant_id, phone_number, amount, balance_after, created_at)
     select g.id, gen_random_uuid(), overlay(gen_random_uuid()::text placing '7' from 15)::uuid,
            (select id from merchants), '989' || lpad((i % $2::int)::text, 9, '0'), 1,
            i / $2::int + 1, timestamptz '2026-01-01' + i * interval '1 second'
     from generate_series(0, $1::int - 1) i
     join numbered g on g.n = (i % $2::int) % ${GROUP_COUNT}`,
    [chargeCount, pocketCount],
  );
  await client.query("vacuum analyze");
}
