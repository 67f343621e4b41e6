import { Client } from "undici";

/**
 * One connection to the server for each client.
 *
 * @param {{ clientCount: number, graphqlUrl: string, apiToken: string }} options
 * @returns {(client: number, body: string | Uint8Array) => Promise<string>} sends a request on the
 *   client's connection and returns the response, including GraphQL errors.
 */
export function openConnections({ clientCount, graphqlUrl, apiToken }) {
  const { origin, pathname } = new URL(graphqlUrl);
  const connections = Array.from({ length: clientCount }, () => new Client(origin));
  const headers = { authorization: `Token ${apiToken}`, "content-type": "application/json" };

  return async (client, content) => {
    const request = { method: "POST", path: pathname, headers, body: content };
    const { statusCode, body } = await connections[client].request(request);
    const answer = await body.text();
    if (statusCode !== 200) throw new Error(`HTTP ${statusCode}: ${answer.slice(0, 1_000)}`);
    return answer;
  };
}

/** A benchmark must not count refused requests. */
export function requireDone(answer) {
  if (!answer.startsWith('{"errors"') && !answer.includes('"userErrors":[{')) return;
  throw new Error(`The server refused the request: ${answer.slice(0, 1_000)}`);
}
