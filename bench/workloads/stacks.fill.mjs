import { uuidv7 } from "uuidv7";
import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";
import { SIDES } from "./stacks.cases.mjs";

const POCKETS_OF_A_SIDE = 20_000;
const MAX_AMOUNT = 10_000;

/** The pockets whose charges are there from the beginning; no side charges them. */
const OLD_DIGIT = "0";
const OLD_POCKETS = 5_000;
const OLD_CHARGES_OF_A_POCKET = 10;

/**
 * Makes the pockets of every side, and charges that are there before any is made.
 *
 * @returns the ids that requests need.
 */
export async function fillStacks(client) {
  const { rows } = await client.query(
    `select g.id as "pocketGroupId", m.merchant_id as "merchantId"
     from pocket_groups g join pocket_group_grants m on m.pocket_group_id = g.id
     where g.slug = $1`,
    [DEMO_GROUP_SLUG],
  );
  const [{ pocketGroupId, merchantId }] = rows;
  const digits = Object.values(SIDES).flatMap(({ digit }) => digit ?? []);
  await client.query(
    `insert into pockets (pocket_group_id, id, phone_number, balance)
     select $1, uuidv7(), '989' || digit || lpad(n::text, 8, '0'), 0
     from unnest($2::text[]) digit, generate_series(0, $3::int - 1) n`,
    [pocketGroupId, digits, POCKETS_OF_A_SIDE],
  );
  await client.query(
    `insert into pockets (pocket_group_id, id, phone_number, balance)
     select $1, uuidv7(), '989' || $2 || lpad(n::text, 8, '0'), $4
     from generate_series(0, $3::int - 1) n`,
    [pocketGroupId, OLD_DIGIT, OLD_POCKETS, OLD_CHARGES_OF_A_POCKET],
  );
  await client.query(
    `insert into pocket_charges
       (pocket_group_id, id, token, merchant_id, phone_number, amount, balance_after, created_at)
     select $1, uuidv7(), uuidv7(), $2, '989' || $3 || lpad(n::text, 8, '0'), 1, k,
            now() - interval '1 day' + k * interval '1 hour' + n * interval '1 millisecond'
     from generate_series(1, $5::int) k, generate_series(0, $4::int - 1) n`,
    [pocketGroupId, merchantId, OLD_DIGIT, OLD_POCKETS, OLD_CHARGES_OF_A_POCKET],
  );
  await client.query("vacuum (analyze) pockets, pocket_charges");
  const traced = await client.query(
    "select token from pocket_charges where pocket_group_id = $1 and phone_number = $2 limit 1",
    [pocketGroupId, phoneNumberOf(OLD_DIGIT, OLD_POCKETS / 2)],
  );
  return { pocketGroupId, merchantId, tokenToTrace: traced.rows[0].token };
}

/**
 * New charges of a side, each with a token of its own.
 *
 * @param {{ batchSize: number, isHot?: boolean }} subject
 */
export function newCharges(digit, { batchSize, isHot = false }) {
  return Array.from({ length: batchSize }, () => ({
    token: uuidv7(),
    phoneNumber: phoneNumberOf(digit, isHot ? 0 : below(POCKETS_OF_A_SIDE)),
    amount: 1 + below(MAX_AMOUNT),
  }));
}

function phoneNumberOf(digit, number) {
  return `989${digit}${String(number).padStart(8, "0")}`;
}

function below(limit) {
  return Math.floor(Math.random() * limit);
}
