import { setTimeout as sleep } from "node:timers/promises";
import { uuidv7 } from "uuidv7";
import { openConnections } from "../support/graphql-connections.mjs";

const CHARGE = `mutation ($input: ChargePocketsInput!) { chargePockets(input: $input) { results { status } } }`;
const CONNECTIONS = 8;
const AT_ONCE = 500;

/** Charges every pocket, so that each exists. */
export async function chargeOnce(options) {
  const post = openSenders(options);
  for (let from = 0; from < options.phoneNumbers.length; from += AT_ONCE)
    await charge(post[0], options, options.phoneNumbers.slice(from, from + AT_ONCE));
}

/**
 * Sends one charge after the other at fixed times, whether or not earlier ones are answered. The merchants and the
 * pockets alternate.
 *
 * @returns {Promise<number>} the number of charges, all of which succeeded.
 */
export async function chargeAtRate({ perSecond, durationMs, ...options }) {
  const post = openSenders(options);
  const { phoneNumbers } = options;
  const count = Math.round((perSecond * durationMs) / 1_000);
  const startedAt = performance.now();
  const sent = [];
  for (let index = 0; index < count; index++) {
    const dueAt = startedAt + (index * 1_000) / perSecond;
    await sleep(Math.max(0, dueAt - performance.now()));
    sent.push(
      charge(post[index % post.length], options, [phoneNumbers[index % phoneNumbers.length]]),
    );
  }
  await Promise.all(sent);
  return count;
}

/** One sender for each merchant. */
function openSenders({ graphqlUrl, apiTokens }) {
  return apiTokens.map((apiToken) => {
    const post = openConnections({ clientCount: CONNECTIONS, graphqlUrl, apiToken });
    let last = 0;
    return (body) => post(last++ % CONNECTIONS, body);
  });
}

async function charge(post, { pocketGroupSlug }, phoneNumbers) {
  const charges = phoneNumbers.map((phoneNumber) => ({ token: uuidv7(), phoneNumber, amount: 1 }));
  const variables = { input: { pocketGroupSlug, charges } };
  const answer = await post(JSON.stringify({ query: CHARGE, variables }));
  const { results } = JSON.parse(answer).data.chargePockets;
  if (!results.every(({ status }) => status === "SUCCESS"))
    throw new Error(`The server refused a charge: ${answer.slice(0, 1_000)}`);
}
