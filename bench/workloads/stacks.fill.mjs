import { setTimeout as sleep } from "node:timers/promises";
import { uuidv7 } from "uuidv7";
import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";
import { openConnections } from "../support/graphql-connections.mjs";
import { SIDES } from "./stacks.cases.mjs";
import { countMade, operationsOf } from "./stacks.operations.mjs";

const MAX_AMOUNT = 10_000;

/** The digit of the pockets that exist before the measurement and that no side charges. */
const OLD_DIGIT = "0";
const OLD_POCKETS = 5_000;
const OLD_CHARGES_OF_A_POCKET = 10;
const BATCH = 1_000;

/** The number of existing pockets of each side, with one charge each. */
export const KNOWN_POCKETS = 5_000;

/**
 * Creates the initial charges with requests to the server, like a client.
 *
 * @returns the ids that the requests need.
 */
export async function fillStacks(client, { graphqlUrl, demoToken: apiToken }) {
  await untilHoldsHaveExpired(client);
  const post = openConnections({ clientCount: 1, graphqlUrl, apiToken });
  const { charge } = operationsOf("pocketcharge", {});
  const make = async (digit, first) => {
    const charges = Array.from({ length: BATCH }, (_, index) => ({
      token: uuidv7(),
      phoneNumber: phoneNumberOf(digit, first + index),
      amount: 1,
    }));
    if (countMade(await post(0, JSON.stringify(charge(charges)))) !== BATCH) {
      throw new Error("Some of the initial charges were not made.");
    }
    return charges[0].token;
  };
  let tokenToTrace;
  for (let round = 0; round < OLD_CHARGES_OF_A_POCKET; round++) {
    for (let first = 0; first < OLD_POCKETS; first += BATCH) {
      tokenToTrace = await make(OLD_DIGIT, first);
    }
  }
  for (const { digit } of Object.values(SIDES)) {
    if (digit === undefined) continue;
    for (let first = 0; first < KNOWN_POCKETS; first += BATCH) await make(digit, first);
  }
  const { rows } = await client.query(
    `select g.id as "pocketGroupId", m.merchant_id as "merchantId"
     from pocket_groups g join pocket_group_grants m on m.pocket_group_id = g.id
     where g.slug = $1`,
    [DEMO_GROUP_SLUG],
  );
  return { ...rows[0], tokenToTrace };
}

/**
 * Waits until the server has closed the demo's expired hold. This enters a row in the ledger, which some peers list as a
 * charge if it is among the newest rows.
 */
async function untilHoldsHaveExpired(client) {
  const expired = "select from pocket_holds where status = 'OPEN' and expires_at <= now()";
  while ((await client.query(expired)).rowCount > 0) await sleep(100);
}

/** The next number for a new pocket of each side. */
const nextNumbers = {};

/**
 * New charges of a side, each with its own token. Every other one creates a pocket, which no other charge uses.
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
  if (Math.random() < 0.5) return below(KNOWN_POCKETS);
  const number = nextNumbers[digit] ?? KNOWN_POCKETS;
  nextNumbers[digit] = number + 1;
  return number;
}

function phoneNumberOf(digit, number) {
  return `989${digit}${String(number).padStart(8, "0")}`;
}

function below(limit) {
  return Math.floor(Math.random() * limit);
}
