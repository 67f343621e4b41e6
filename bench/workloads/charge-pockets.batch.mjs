import { uuidv7 } from "uuidv7";

export const POCKET_COUNT = 100_000;
const MAX_AMOUNT = 10_000;

/** Makes every pocket that charges of `newBatch` fall on. */
export async function fillPockets(client, pocketGroupId) {
  await client.query(
    `insert into pockets (pocket_group_id, id, phone_number, balance)
     select $1, uuidv7(), '98912' || lpad(n::text, 7, '0'), 0
     from generate_series(0, $2::int - 1) as n`,
    [pocketGroupId, POCKET_COUNT],
  );
  await client.query("vacuum (analyze) pockets");
}

/** New charges, spread evenly over the pockets, each with a token of its own. */
export function newBatch(size) {
  return Array.from({ length: size }, () => ({
    token: uuidv7(),
    phoneNumber: `98912${String(below(POCKET_COUNT)).padStart(7, "0")}`,
    amount: 1 + below(MAX_AMOUNT),
  }));
}

function below(limit) {
  return Math.floor(Math.random() * limit);
}
