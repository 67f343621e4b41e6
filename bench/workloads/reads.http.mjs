// The load generator of the HTTP side.
import { Client } from "undici";
import { runClients } from "../support/load-loop.mjs";
import { serveRounds } from "../support/load-worker.mjs";

serveRounds(({ clientCount, graphqlUrl, demoToken }) => {
  const { origin, pathname } = new URL(graphqlUrl);
  const connections = Array.from({ length: clientCount }, () => new Client(origin));
  const headers = { authorization: `Token ${demoToken}`, "content-type": "application/json" };

  return ({ query, variables, durationMs }) => {
    const request = { method: "POST", path: pathname, headers };
    const body = JSON.stringify({ query, variables });
    const send = async (client) => {
      const answer = await connections[client].request({ ...request, body });
      const text = await answer.body.text();
      if (answer.statusCode === 200 && !text.startsWith('{"errors"')) return;
      throw new Error(`HTTP ${answer.statusCode}: ${text.slice(0, 1_000)}`);
    };
    return runClients({ clientCount, durationMs, send });
  };
});
