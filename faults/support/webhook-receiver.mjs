import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { SEEN_FIELDS, SeenEvents } from "./seen-events.mjs";

const HOST = "127.0.0.1";
const CREATE = `mutation ($input: CreateWebhookEndpointInput!) {
  createWebhookEndpoint(input: $input) { secret userErrors { message } } }`;

/** A merchant's server, which counts repeated webhooks. */
export class WebhookReceiver {
  seen;
  /** The number of webhooks that were received again. */
  repeatCount = 0;
  #server = createServer((incoming, response) => void this.#receive(incoming, response));
  #ledger;
  #verifier;
  /** The events of each webhook, by its id. */
  #eventsOf = new Map();

  /** @param {import("./ledger.mjs").Ledger} ledger */
  constructor(ledger) {
    this.#ledger = ledger;
    this.seen = new SeenEvents("receiver of webhooks", ledger);
  }

  /**
   * Listens, and registers itself as an endpoint of the merchant.
   *
   * @param {import("./stage.mjs").Stage} stage
   */
  async open(stage, batchSize) {
    await new Promise((resolve) => this.#server.listen(0, HOST, resolve));
    const url = `http://${HOST}:${this.#server.address().port}/`;
    const input = { url, batchSize, dataSelection: SEEN_FIELDS };
    const { createWebhookEndpoint } = await stage.query(CREATE, { input });
    const { secret, userErrors } = createWebhookEndpoint;
    if (secret === null) throw new Error(`The endpoint was refused: ${JSON.stringify(userErrors)}`);
    this.#verifier = new Webhook(secret);
  }

  async #receive(incoming, response) {
    const body = await text(incoming);
    try {
      this.#take(incoming.headers["webhook-id"], this.#verifier.verify(body, incoming.headers));
    } catch (error) {
      this.#ledger.fail(`a webhook could not be read: ${error.message}`);
    }
    response.writeHead(204).end();
  }

  /** A repeated webhook has the same id and the same events, and no event comes with another id. */
  #take(webhookId, content) {
    const events = content.type === "batch" ? content.data.map(({ data }) => data) : [content.data];
    const ids = events.map(({ id }) => id).join();
    const known = this.#eventsOf.get(webhookId);
    if (known !== undefined) {
      this.repeatCount++;
      if (known !== ids) this.#ledger.fail(`${webhookId} had the events ${known}, and then ${ids}`);
      return;
    }
    this.#eventsOf.set(webhookId, ids);
    for (const event of events) {
      if (this.seen.ids.has(event.id))
        this.#ledger.fail(`the event ${event.id} came again, with another webhook-id`);
      else this.seen.take(event);
    }
  }

  close() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }
}
