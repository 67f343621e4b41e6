// The load generator for the first minutes: different clients at the same time, counted per second.
import { Buffer } from "node:buffer";
import { uuidv7 } from "uuidv7";
import { openConnections } from "../support/graphql-connections.mjs";
import { serveRounds } from "../support/load-worker.mjs";

const CHARGE =
  "mutation ($input: ChargePocketsInput!) { chargePockets(input: $input) { results { status } } }";
const LIST =
  "{ pocketCharges(first: 50) { nodes { id amount merchant { name } pocket { balance } } } }";
const SUCCESS = '"status":"SUCCESS"';

/** Every other charge creates a pocket; the others use one that this process created earlier. */
class PhoneNumbers {
  #count = 0;

  next() {
    const isKnown = this.#count > 0 && Math.random() < 0.5;
    const number = isKnown ? Math.floor(Math.random() * this.#count) : this.#count++;
    return `989${String(number).padStart(9, "0")}`;
  }
}

serveRounds(({ clients, batchSize, graphqlUrl, apiToken, pocketGroupSlug }) => {
  const phoneNumbers = new PhoneNumbers();
  const newBody = (size) => {
    const charges = Array.from({ length: size }, () => ({
      token: uuidv7(),
      phoneNumber: phoneNumbers.next(),
      amount: 1,
    }));
    return Buffer.from(
      JSON.stringify({ query: CHARGE, variables: { input: { pocketGroupSlug, charges } } }),
    );
  };
  const list = Buffer.from(JSON.stringify({ query: LIST }));
  const kinds = {
    singles: { size: 1, body: () => newBody(1), done: (answer) => successes(answer, 1) },
    batches: {
      size: batchSize,
      body: () => newBody(batchSize),
      done: (answer) => successes(answer, batchSize),
    },
    lists: { size: 1, body: () => list, done: (answer) => answer.startsWith('{"data":') },
  };

  return async ({ durationMs }) => {
    const startedAt = performance.now();
    const seconds = Math.ceil(durationMs / 1_000);
    const counts = {};
    const run = async (kind, post, client) => {
      const { size, body, done } = kinds[kind];
      for (;;) {
        const answer = await post(client, body());
        const second = Math.floor((performance.now() - startedAt) / 1_000);
        if (second >= seconds) return;
        if (!done(answer)) throw new Error(`${kind}: ${answer.slice(0, 500)}`);
        counts[kind][second] += size;
      }
    };
    await Promise.all(
      Object.entries(clients).flatMap(([kind, clientCount]) => {
        const post = openConnections({ clientCount, graphqlUrl, apiToken });
        counts[kind] = Array.from({ length: seconds }, () => 0);
        return Array.from({ length: clientCount }, (_, client) => run(kind, post, client));
      }),
    );
    return counts;
  };
});

function successes(answer, count) {
  return answer.split(SUCCESS).length - 1 === count;
}
