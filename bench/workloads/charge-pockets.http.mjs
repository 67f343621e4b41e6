// The load generator of the HTTP side. During a round it only sends: it creates bodies before the round and reads
// responses afterwards, because its work takes processor time from the server.
import { Buffer } from "node:buffer";
import { openConnections } from "../support/graphql-connections.mjs";
import { runClients } from "../support/load-loop.mjs";
import { serveRounds } from "../support/load-worker.mjs";
import { Supply } from "../support/supply.mjs";
import { newBatch } from "./charge-pockets.batch.mjs";

/** The request that the server's start-up message suggests. */
const QUERY =
  "mutation Charge($input: ChargePocketsInput!) { chargePockets(input: $input) { results " +
  "{ token phoneNumber amount status message pocketCharge { balanceAfter } } } }";

serveRounds(({ clientCount, graphqlUrl, apiToken, pocketGroupSlug }) => {
  const post = openConnections({ clientCount, graphqlUrl, apiToken });

  return async ({ batchSize, durationMs, expectedCount }) => {
    const bodies = new Supply(() => newBody(pocketGroupSlug, batchSize), expectedCount);
    const answers = [];
    const send = async (client) => {
      answers.push(await post(client, bodies.take()));
    };
    const measured = await runClients({ clientCount, durationMs, send });
    for (const answer of answers) requireSuccess(answer, batchSize);
    return measured;
  };
});

function newBody(pocketGroupSlug, batchSize) {
  const variables = { input: { pocketGroupSlug, charges: newBatch(batchSize) } };
  return Buffer.from(JSON.stringify({ query: QUERY, variables }));
}

/** A benchmark must not count refused charges. */
function requireSuccess(answer, batchSize) {
  const results = JSON.parse(answer).data?.chargePockets?.results ?? [];
  const made = results.filter(({ status }) => status === "SUCCESS");
  if (made.length === batchSize && results.length === batchSize) return;
  throw new Error(
    `${made.length} of ${batchSize} charges succeeded. The response: ${answer.slice(0, 1_000)}`,
  );
}
