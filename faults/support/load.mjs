import { setTimeout as sleep } from "node:timers/promises";
import { HttpClients } from "./http-clients.mjs";
import { RequestMix } from "./request-mix.mjs";
import { until } from "./until.mjs";

const SETTLE_TIMEOUT_MS = 60_000;
const SETTLE_CLIENTS = 8;
const RETRY_PAUSE_MS = 50;
const RECOVERY_TIMEOUT_MS = 40_000;

/** Clients that keep servers busy until they are stopped, and then retry requests with unknown outcomes. */
export class Load {
  #stage;
  #clients;
  #running;
  #isStopping = false;
  #sendingCount = 0;
  /** When the most recently sent of the acknowledged requests was sent. */
  #lastSentAt = -Infinity;

  /**
   * @param {import("./stage.mjs").Stage} stage
   * @param {object} [options]
   * @param {number} [options.clientCount]
   * @param {number} [options.pauseMs] the maximum delay of a client between two requests.
   */
  constructor(stage, { clientCount = 12, pauseMs = 40 } = {}) {
    this.#stage = stage;
    const { apiToken } = stage.owner;
    this.#clients = stage.resources.open(
      () => new HttpClients({ apiToken, clientCount: clientCount + SETTLE_CLIENTS }),
      (clients) => {
        this.#isStopping = true;
        return clients.close();
      },
    );
    const mix = new RequestMix(stage.owner, stage.random.of("mix"));
    this.#running = Array.from({ length: clientCount }, (_, client) =>
      this.#run(mix, pauseMs, stage.random.of(`client ${client}`)),
    );
  }

  async #run(mix, pauseMs, random) {
    while (!this.#isStopping) {
      await this.#send(mix.next(), random);
      await sleep(random.between(0, pauseMs));
    }
  }

  /** @returns whether the outcome is known. */
  async #send(intent, random) {
    const { ledger, servers } = this.#stage;
    // Like a load balancer, send to any running server, for a retry to the same or another one.
    const serving = servers.filter(({ isServing }) => isServing);
    const server = random.pick(serving.length > 0 ? serving : servers);
    await server.whenServing();
    ledger.begin(intent);
    const sentAt = performance.now();
    this.#sendingCount++;
    const answer = await this.#clients.send(server.graphqlUrl, intent);
    this.#sendingCount--;
    const isKnown = ledger.take(intent, answer);
    if (isKnown) this.#lastSentAt = Math.max(this.#lastSentAt, sentAt);
    return isKnown;
  }

  /** Resolves when a request sent after this call is acknowledged. @throws if none is in time. */
  async untilAcknowledged() {
    const since = performance.now();
    const isServed = () => this.#lastSentAt >= since;
    await until("requests are acknowledged again", isServed, RECOVERY_TIMEOUT_MS);
  }

  /** Resolves when every sent request has its response or has failed. */
  async untilIdle() {
    await until("no request is running", () => this.#sendingCount === 0);
  }

  /** Lets the clients finish, then retries requests with unknown outcomes until all are known. */
  async stop() {
    this.#isStopping = true;
    await Promise.all(this.#running);
    const { ledger, random } = this.#stage;
    const deadline = performance.now() + SETTLE_TIMEOUT_MS;
    const waiting = [...ledger.open];
    const settle = async (own) => {
      for (let intent = waiting.pop(); intent !== undefined; intent = waiting.pop()) {
        while (!(await this.#send(intent, own))) {
          if (performance.now() > deadline) return;
          await sleep(RETRY_PAUSE_MS);
        }
      }
    };
    await Promise.all(
      Array.from({ length: SETTLE_CLIENTS }, (_, at) => settle(random.of(`settling ${at}`))),
    );
    if (ledger.open.size > 0) {
      ledger.fail(`${ledger.open.size} retried requests got no response`);
    }
  }
}
