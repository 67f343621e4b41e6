// A process with many subscribers, each with its own connection.
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "graphql-ws";
import { Agent, request } from "undici";
import { WebSocket } from "ws";
import { serveRounds } from "../support/load-worker.mjs";

const SUBSCRIPTIONS = {
  pocketChanged: `subscription ($slug: String!, $number: String!) {
    changed: pocketChanged(pocketGroupSlug: $slug, phoneNumber: $number) { at: updatedAt balance } }`,
  events: `subscription { changed: events(types: [POCKET_CHARGED]) {
    at: createdAt id sequence data { ... on PocketEntry { token amount balanceAfter } } } }`,
};
const OPENED_AT_ONCE = 50;
const READY_MS = 1_000;
const QUIET_MS = 2_000;

serveRounds(
  ({ graphqlUrl, apiTokens, pocketGroupSlug: slug, phoneNumbers, subscription, transport }) => {
    /** The times between a change and its arrival, while they are measured. */
    let latencies = null;
    const closers = [];
    const take = ({ data, errors }) => {
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      const arrivedAt = performance.timeOrigin + performance.now();
      latencies?.push(arrivedAt - Date.parse(data.changed.at));
    };
    const subscribe = transport === "sse" ? overSse : overWebSocket;

    return async ({ connects, disconnects, durationMs }) => {
      if (disconnects) {
        for (const close of closers) await close();
        return;
      }
      if (connects) {
        const query = SUBSCRIPTIONS[subscription];
        for (let from = 0; from < phoneNumbers.length; from += OPENED_AT_ONCE) {
          const some = phoneNumbers.slice(from, from + OPENED_AT_ONCE);
          const opened = some.map((number, index) => {
            const apiToken = apiTokens[(from + index) % apiTokens.length];
            const variables = subscription === "events" ? {} : { slug, number };
            return subscribe({ graphqlUrl, apiToken, payload: { query, variables }, take });
          });
          closers.push(...(await Promise.all(opened)));
        }
        await sleep(READY_MS);
        return;
      }
      latencies = [];
      await sleep(durationMs);
      // The last messages may be late.
      for (let before = -1; before < latencies.length; await sleep(QUIET_MS))
        before = latencies.length;
      const measured = Float64Array.from(latencies);
      latencies = null;
      return measured;
    };
  },
);

/** @returns {Promise<() => void>} resolves when the subscription is open, with a function that closes it. */
async function overSse({ graphqlUrl, apiToken, payload, take }) {
  const dispatcher = new Agent({ connections: 1, bodyTimeout: 0 });
  const { statusCode, body } = await request(graphqlUrl, {
    method: "POST",
    headers: {
      authorization: `Token ${apiToken}`,
      "content-type": "application/json",
      accept: "text/event-stream",
    },
    body: JSON.stringify(payload),
    dispatcher,
  });
  if (statusCode !== 200) throw new Error(`HTTP ${statusCode}: ${await body.text()}`);
  let rest = "";
  body.setEncoding("utf8").on("data", (chunk) => {
    const messages = (rest + chunk).split("\n\n");
    rest = messages.pop();
    for (const message of messages) {
      const data = /^data: (.+)$/m.exec(message)?.[1];
      if (data !== undefined) take(JSON.parse(data));
    }
  });
  // Closing breaks the connection on purpose.
  body.on("error", () => undefined);
  return () => dispatcher.destroy();
}

async function overWebSocket({ graphqlUrl, apiToken, payload, take }) {
  const client = createClient({
    url: graphqlUrl.replace(/^http/, "ws"),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Token ${apiToken}` },
    retryAttempts: 0,
  });
  const opened = new Promise((resolve, reject) => {
    client.on("connected", resolve);
    client.on("error", reject);
  });
  client.subscribe(payload, {
    next: take,
    error: (error) => {
      throw error;
    },
    complete: () => undefined,
  });
  await opened;
  return () => client.dispose();
}
