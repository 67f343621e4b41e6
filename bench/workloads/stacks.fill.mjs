import { uuidv7 } from "uuidv7";
import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";
import { openConnections } from "../support/graphql-connections.mjs";
import { countMade, operationsOf } from "./stacks.operations.mjs";

const MAX_AMOUNT = 10_000;

/** The pockets whose charges are there before any side charges; no side charges them. */
const OLD_DIGIT = "0";
const OLD_POCKETS = 5_000;
const OLD_CHARGES_OF_A_POCKET = 10;
const OLD_BATCH = 1_000;

/** A new pocket is left alone until no request that makes it can be under way. */
const YOUNG_POCKETS = 10_000;

/**
 * Makes the charges that are there from the beginning, as a client does: by requests to the server.
 *
 * @returns the ids that requests need.
 */
export async function fillStacks(client, { graphqlUrl, demoToken: apiToken }) {
  const post = openConnections({ clientCount: 1, graphqlUrl, apiToken });
  const { charge } = operationsOf("pocketcharge", {});
  let tokenToTrace;
  for (let made = 0; made < OLD_POCKETS * OLD_CHARGES_OF_A_POCKET; made += OLD_BATCH) {
    const charges = Array.from({ length: OLD_BATCH }, (_, index) => ({
      token: uuidv7(),
      phoneNumber: phoneNumberOf(OLD_DIGIT, (made + index) % OLD_POCKETS),
      amount: 1,
    }));
    if (countMade(await post(0, JSON.stringify(charge(charges)))) !== OLD_BATCH) {
      throw new Error("The charges before the first round were not all made.");
    }
    if (made === OLD_POCKETS) tokenToTrace = charges[0].token;
  }
  const { rows } = await client.query(
    `select g.id as "pocketGroupId", m.merchant_id as "merchantId"
     from pocket_groups g join pocket_group_grants m on m.pocket_group_id = g.id
     where g.slug = $1`,
    [DEMO_GROUP_SLUG],
  );
  return { ...rows[0], tokenToTrace };
}

/** How many pockets this process has made of each side. */
const pocketCounts = {};

/**
 * New charges of a side, each with a token of its own. Every other one makes a pocket.
 *
 * @param {{ batchSize: number, isHot?: boolean }} subject
 */
export function newCharges(digit, { batchSize, isHot = false }) {
  return Array.from({ length: batchSize }, () => ({
    token: uuidv7(),
    phoneNumber: phoneNumberOf(digit, isHot ? 0 : nextPocket(digit)),
    amount: 1 + below(MAX_AMOUNT),
  }));
}

function nextPocket(digit) {
  const count = pocketCounts[digit] ?? 0;
  const known = count - YOUNG_POCKETS;
  if (known > 0 && Math.random() < 0.5) return below(known);
  pocketCounts[digit] = count + 1;
  return count;
}

function phoneNumberOf(digit, number) {
  return `989${digit}${String(number).padStart(8, "0")}`;
}

function below(limit) {
  return Math.floor(Math.random() * limit);
}
