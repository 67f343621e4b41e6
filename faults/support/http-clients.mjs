import { Agent, request } from "undici";

/**
 * The outcome of a request.
 *
 * @typedef {object} Answer
 * @property {"data" | "unavailable" | "wrong" | "none" | "late"} kind the requested data; SERVICE_UNAVAILABLE;
 *   an unexpected error; no response, because the connection was refused or broken; no response before
 *   the deadline.
 * @property {object} [data]
 * @property {string} [text] the response, or the reason why there is none.
 */

/** A request that takes longer counts as hanging, regardless of the fault. */
export const DEADLINE_MS = 30_000;
const LATE_CODES = ["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"];

/** HTTP clients with one API token, each of which sends one request after the other. */
export class HttpClients {
  #agent;
  #headers;

  constructor({ apiToken, clientCount }) {
    this.#headers = { authorization: `Token ${apiToken}`, "content-type": "application/json" };
    this.#agent = new Agent({
      connections: clientCount,
      pipelining: 1,
      headersTimeout: DEADLINE_MS,
      bodyTimeout: DEADLINE_MS,
    });
  }

  /**
   * @param {string} graphqlUrl
   * @param {{ query: string, variables: object }} operation
   * @returns {Promise<Answer>}
   */
  async send(graphqlUrl, { query, variables }) {
    try {
      const { statusCode, body } = await request(graphqlUrl, {
        method: "POST",
        headers: this.#headers,
        body: JSON.stringify({ query, variables }),
        dispatcher: this.#agent,
      });
      return readAnswer(statusCode, await body.text());
    } catch (error) {
      const text = error.code ?? String(error);
      return { kind: LATE_CODES.includes(error.code) ? "late" : "none", text };
    }
  }

  close() {
    return this.#agent.destroy();
  }
}

/** @returns {Answer} */
export function readAnswer(statusCode, text) {
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    return { kind: "wrong", text: `HTTP ${statusCode}: ${text.slice(0, 500)}` };
  }
  const { data, errors } = answer;
  if (statusCode === 200 && errors === undefined) return { kind: "data", data };
  const isTyped = errors?.every(({ extensions }) => extensions?.code === "SERVICE_UNAVAILABLE");
  if (isTyped && statusCode === 503) return { kind: "unavailable", text };
  return { kind: "wrong", text: `HTTP ${statusCode}: ${text.slice(0, 500)}` };
}
