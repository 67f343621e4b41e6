// The load generator of the HTTP side.
import { openConnections, requireDone } from "../support/graphql-connections.mjs";
import { runClients } from "../support/load-loop.mjs";
import { serveRounds } from "../support/load-worker.mjs";

serveRounds(({ clientCount, ...server }) => {
  const post = openConnections({ clientCount, ...server });

  return ({ query, variables, durationMs }) => {
    const body = JSON.stringify({ query, variables });
    const send = async (client) => requireDone(await post(client, body));
    return runClients({ clientCount, durationMs, send });
  };
});
