// The load generator of writes through HTTP. Bodies are cheap, so they are created during the round.
import { openConnections, requireDone } from "../support/graphql-connections.mjs";
import { runClients } from "../support/load-loop.mjs";
import { serveRounds } from "../support/load-worker.mjs";
import { variablesOf } from "./payments.variables.mjs";

serveRounds(({ clientCount, supply, ...server }) => {
  const post = openConnections({ clientCount, ...server });
  const next = variablesOf(supply);

  return ({ kind, query, durationMs }) => {
    const send = async (client) => {
      requireDone(await post(client, JSON.stringify({ query, variables: next[kind]() })));
    };
    return runClients({ clientCount, durationMs, send });
  };
});
