import { Buffer } from "node:buffer";
import { setTimeout as sleep } from "node:timers/promises";
import { deriveId } from "../../dist/shared/uuid.js";
import { ListFollower, Subscriber } from "./event-clients.mjs";
import { HttpClients } from "./http-clients.mjs";
import { until } from "./until.mjs";
import { WebhookReceiver } from "./webhook-receiver.mjs";

const PAUSE_MS = 100;
const BATCH_SIZE = 50;
/** A killed server's webhooks are repeated when its lease has ended. */
const ARRIVAL_TIMEOUT_MS = 120_000;

/** The settings of servers whose events are watched. */
export const WATCHED = {
  WEBHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
  PROVIDER_SECRET_KEYS: `faults:${Buffer.alloc(32, "faults").toString("base64")}`,
};

/** Receives the merchant's events in every way: by the list, by a subscription and by webhooks. */
export class EventWatch {
  #stage;
  #clients;
  #follower;
  #subscriber;
  #receiver;
  #running;
  #isStopping = false;

  constructor(stage) {
    this.#stage = stage;
    this.#follower = new ListFollower(stage);
    this.#receiver = new WebhookReceiver(stage.ledger);
  }

  /** @param {import("./stage.mjs").Stage} stage */
  static async start(stage) {
    const watch = stage.resources.open(
      () => new EventWatch(stage),
      (opened) => opened.#close(),
    );
    await watch.#open();
    return watch;
  }

  async #open() {
    const stage = this.#stage;
    this.#clients = new HttpClients({ apiToken: stage.owner.apiToken, clientCount: 1 });
    await this.#receiver.open(stage, BATCH_SIZE);
    // The others begin after the events that are older than the endpoint.
    const older = await this.#follower.readOn(this.#clients, stage.server.graphqlUrl);
    this.#subscriber = new Subscriber(stage, this.#follower.after);
    for (const event of older)
      for (const { seen } of [this.#subscriber, this.#receiver]) seen.take(event);
    this.#running = Promise.all([this.#follow(), this.#subscriber.run()]);
    this.#running.catch((error) => stage.ledger.fail(error.stack));
  }

  async #follow() {
    while (!this.#isStopping) {
      const { servers, random } = this.#stage;
      const serving = servers.filter(({ isServing }) => isServing);
      if (serving.length > 0)
        await this.#follower.readOn(this.#clients, random.pick(serving).graphqlUrl);
      await sleep(PAUSE_MS);
    }
  }

  /**
   * Waits until each client has received as many events as are committed, and verifies that they are the same.
   *
   * @returns {Promise<string>} text for the report.
   */
  async verify() {
    const clients = [this.#follower, this.#subscriber, this.#receiver];
    let committed = new Set();
    await until(
      "all events have arrived",
      async () => {
        await sleep(PAUSE_MS);
        committed = await this.#committed();
        return clients.every(({ seen }) => seen.ids.size >= committed.size);
      },
      ARRIVAL_TIMEOUT_MS,
    ).catch((error) => this.#stage.ledger.fail(error.message));
    for (const { seen } of clients) seen.compare(committed);
    return `${committed.size} events, ${this.#subscriber.connectionCount} subscriptions, ${this.#receiver.repeatCount} webhooks repeated`;
  }

  /** The ids of the merchant's events in the database. */
  #committed() {
    return this.#stage.withDatabase(async (client) => {
      const { rows } = await client.query("select id from events where merchant_id = $1", [
        this.#stage.owner.merchantId,
      ]);
      return new Set(rows.map(({ id }) => deriveId(id, "lastDigit")));
    });
  }

  async #close() {
    this.#isStopping = true;
    this.#subscriber?.stop();
    await this.#running;
    await this.#clients?.close();
    await this.#receiver.close();
  }
}
