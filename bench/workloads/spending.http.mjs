// The load generator of every side. It creates bodies before a round and reads responses afterwards, because its
// work takes processor time from the server.
import { openConnections } from "../support/graphql-connections.mjs";
import { runClients } from "../support/load-loop.mjs";
import { serveRounds } from "../support/load-worker.mjs";
import { Supply } from "../support/supply.mjs";
import { bodyOf, newItems, requireSuccess } from "./spending.operations.mjs";

const MAX_CLIENTS = 64;

serveRounds(({ side, graphqlUrl, apiToken, pocketGroupSlug }) => {
  const post = openConnections({ clientCount: MAX_CLIENTS, graphqlUrl, apiToken });

  return async ({ expectedCount, clientCount, durationMs, ...subject }) => {
    const { batchSize } = subject;
    let made = 0;
    const kindOf = () => (side === "mixed" ? ["charge", "debit"][made++ % 2] : side);
    const newBody = () => bodyOf(kindOf(), pocketGroupSlug, newItems(subject));
    const bodies = new Supply(side === "holdAndCapture" ? () => null : newBody, expectedCount);
    const answers = [];
    const send = async (client) => {
      if (side === "holdAndCapture") return holdAndCapture(client, subject, answers);
      answers.push(await post(client, bodies.take()));
    };
    const measured = await runClients({ clientCount, durationMs, send });
    for (const answer of answers) requireSuccess(answer, batchSize);
    return measured;
  };

  /** A checkout: two requests, one after the other. */
  async function holdAndCapture(client, subject, answers) {
    const holds = newItems(subject);
    answers.push(await post(client, bodyOf("hold", pocketGroupSlug, holds)));
    const captures = newItems(subject).map(({ token }, index) => ({
      token,
      holdToken: holds[index].token,
    }));
    answers.push(await post(client, bodyOf("capture", pocketGroupSlug, captures)));
  }
});
