// The load generator of writes through HTTP. Each body is little work, so it is made on the way.
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
