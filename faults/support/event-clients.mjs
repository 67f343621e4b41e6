import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { SEEN_FIELDS, SeenEvents } from "./seen-events.mjs";

const PAUSE_MS = 100;
const PAGE = 100;
const LIST = `query ($after: String) { events(first: ${PAGE}, after: $after) {
  nodes { ${SEEN_FIELDS} } pageInfo { endCursor hasNextPage } } }`;
const SUBSCRIBE = `subscription ($after: String) { event: events(after: $after) { cursor ${SEEN_FIELDS} } }`;

/** Reads the list of events page by page, from any server, and continues after the last cursor. */
export class ListFollower {
  seen;
  /** The cursor of the last event. */
  after = null;

  /** @param {import("./stage.mjs").Stage} stage */
  constructor(stage) {
    this.seen = new SeenEvents("follower of the list", stage.ledger);
  }

  /**
   * Reads on until the list ends, or until the server does not answer.
   *
   * @param {import("./http-clients.mjs").HttpClients} clients
   * @param {string} graphqlUrl
   * @returns {Promise<import("./seen-events.mjs").SeenEvent[]>} the new events.
   */
  async readOn(clients, graphqlUrl) {
    const added = [];
    for (;;) {
      const variables = { after: this.after };
      const { kind, data } = await clients.send(graphqlUrl, { query: LIST, variables });
      if (kind !== "data") return added;
      const { nodes, pageInfo } = data.events;
      for (const event of nodes) this.seen.take(event);
      added.push(...nodes);
      this.after = pageInfo.endCursor ?? this.after;
      if (!pageInfo.hasNextPage) return added;
    }
  }
}

/** Subscribes to events over SSE, and subscribes again after the last cursor when the connection breaks. */
export class Subscriber {
  seen;
  connectionCount = 0;
  #stage;
  #after;
  #isStopping = false;
  /** The response that is being read. */
  #body;

  /**
   * @param {import("./stage.mjs").Stage} stage
   * @param {string} after the cursor to begin with.
   */
  constructor(stage, after) {
    this.#stage = stage;
    this.#after = after;
    this.seen = new SeenEvents("subscriber", stage.ledger);
  }

  async run() {
    while (!this.#isStopping) {
      const { servers, random } = this.#stage;
      const serving = servers.filter(({ isServing }) => isServing);
      if (serving.length > 0) await this.#subscribe(random.pick(serving).graphqlUrl);
      await sleep(PAUSE_MS);
    }
  }

  /** Receives events until the connection ends. */
  async #subscribe(graphqlUrl) {
    this.connectionCount++;
    let rest = "";
    try {
      const { body } = await request(graphqlUrl, {
        method: "POST",
        headers: {
          authorization: `Token ${this.#stage.owner.apiToken}`,
          "content-type": "application/json",
          accept: "text/event-stream",
        },
        body: JSON.stringify({ query: SUBSCRIBE, variables: { after: this.#after } }),
        bodyTimeout: 0,
      });
      this.#body = body;
      for await (const chunk of body.setEncoding("utf8")) {
        const messages = (rest + chunk).split("\n\n");
        rest = messages.pop();
        if (!messages.every((message) => this.#take(message))) return;
      }
    } catch (error) {
      // A killed server breaks the connection, and so does the end.
      if (error.code === undefined) throw error;
    }
  }

  /** @returns false for a result with an error, such as while PostgreSQL is down: the event is requested again. */
  #take(message) {
    const text = /^data: (.+)$/m.exec(message)?.[1];
    const { data, errors } = text ? JSON.parse(text) : {};
    if (errors) return false;
    if (!data?.event) return true;
    this.#after = data.event.cursor;
    this.seen.take(data.event);
    return true;
  }

  stop() {
    this.#isStopping = true;
    this.#body?.destroy();
  }
}
