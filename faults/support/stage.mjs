import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { databaseUrlOf, makeDataDir } from "../../bench/support/server.mjs";
import { makeMerchant } from "../../bench/workloads/payments.merchant.mjs";
import { PostgresCluster } from "../../dist/embedded-postgres/postgres-cluster.js";
import { HttpClients } from "./http-clients.mjs";
import { Load } from "./load.mjs";
import { verify } from "./verify.mjs";
import { DatabaseProxy } from "./proxy.mjs";
import { TestedServer } from "./tested-server.mjs";
import { EventWatch, WATCHED } from "./watch-events.mjs";

const GROUP_SLUG = "faults";

/** The number of servers that share an external database. */
export const SHARING_SERVERS = 2;

/** The reason why a fault of a server with an embedded PostgreSQL cannot run with several servers. */
export function requireSingleServer({ serverCount = 1 }) {
  return serverCount === 1 ? undefined : "an embedded PostgreSQL has one server";
}

/**
 * The environment of a fault: servers, their database, a merchant with a pocket group, and the ledger of
 * all responses.
 */
export class Stage {
  /** @type {TestedServer[]} */
  servers = [];
  /** @type {DatabaseProxy | undefined} between the servers and their database; verification bypasses it. */
  proxy;
  /** @type {PostgresCluster | undefined} set if no server runs it. */
  cluster;
  #clients;
  #findDatabaseUrl;
  /** @type {{ apiToken: string, merchantId: string, pocketGroupSlug: string, pocketGroupId: string, orderId: string }} */
  owner;

  /** @param {import("../run.mjs").FaultOptions} options */
  constructor({ resources, random, ledger }, findDatabaseUrl) {
    this.resources = resources;
    this.random = random;
    this.ledger = ledger;
    this.#findDatabaseUrl = findDatabaseUrl;
  }

  /** One server with its embedded PostgreSQL, unless several are requested. */
  static open(options, given = {}) {
    const { serverCount = 1 } = options;
    return serverCount === 1 ? Stage.embedded(options, given) : Stage.external(options, given);
  }

  /** A server with its embedded PostgreSQL. */
  static async embedded(options, { dataDir = makeDataDir(options.resources), settings = {} } = {}) {
    const stage = new Stage(options, () => databaseUrlOf(dataDir));
    stage.dataDir = dataDir;
    return stage.#open([{ ...settings, DATA_DIR: dataDir }]);
  }

  /** Servers that share an external PostgreSQL: several, unless one is requested. */
  static async external(options, { settings = {}, hasProxy = false, postgres = [] } = {}) {
    const { resources, serverCount = SHARING_SERVERS } = options;
    const dataDir = makeDataDir(resources);
    const cluster = resources.open(
      () => new PostgresCluster(dataDir, postgres),
      (opened) => opened.stop(),
    );
    await cluster.open();
    const stage = new Stage(options, () => cluster.url);
    Object.assign(stage, { dataDir, cluster });
    let DATABASE_URL = cluster.url;
    if (hasProxy) {
      stage.proxy = await DatabaseProxy.start(resources, cluster.url, options.random.of("proxy"));
      ({ url: DATABASE_URL } = stage.proxy);
    }
    // Start them one after the other: the first one creates the tables.
    return stage.#open(Array(serverCount).fill({ ...settings, DATABASE_URL }));
  }

  async #open(allSettings) {
    for (const settings of allSettings) {
      const server = new TestedServer(this.resources, { ...WATCHED, ...settings }, this.ledger);
      await server.start();
      this.servers.push(server);
    }
    await this.withDatabase(async (client) => {
      const merchant = await makeMerchant(client);
      const { rows } = await client.query(
        `with made as (insert into pocket_groups (id, slug, name) values (uuidv7(), $1, 'Faults') returning id)
         insert into pocket_group_grants (merchant_id, pocket_group_id)
         select $2, id from made returning pocket_group_id as "pocketGroupId"`,
        [GROUP_SLUG, merchant.merchantId],
      );
      this.owner = { ...merchant, ...rows[0], pocketGroupSlug: GROUP_SLUG };
    });
    const { createOrder } = await this.query(
      "mutation { createOrder(input: { totalInCents: 1000000000 }) { order { id } } }",
    );
    this.owner.orderId = createOrder.order.id;
    return this;
  }

  get server() {
    return this.servers[0];
  }

  /** Follows, subscribes to and delivers the merchant's events until the end. */
  watchEvents() {
    return EventWatch.start(this);
  }

  startLoad(options) {
    return new Load(this, options);
  }

  /** Sends a request for the fault itself, which must succeed. @returns {Promise<object>} its data. */
  async query(query, variables = {}) {
    this.#clients ??= this.resources.open(
      () => new HttpClients({ apiToken: this.owner.apiToken, clientCount: 4 }),
      (clients) => clients.close(),
    );
    const { kind, data, text } = await this.#clients.send(this.server.graphqlUrl, {
      query,
      variables,
    });
    if (kind !== "data")
      throw new Error(`The server did not answer ${query.slice(0, 200)}: ${text}`);
    return data;
  }

  /** Connects directly to the database, without the proxy. */
  async withDatabase(work) {
    const client = await this.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  async connect() {
    const client = new pg.Client({
      connectionString: await this.#findDatabaseUrl(),
      application_name: "faults",
    });
    client.on("error", () => undefined); // the next statement fails, and says why
    await client.connect();
    return client;
  }

  /** The number of deadlocks that PostgreSQL has resolved. */
  countDeadlocks() {
    return this.withDatabase(async (client) => {
      const { rows } = await client.query(
        "select deadlocks::int from pg_stat_database where datname = current_database()",
      );
      return rows[0].deadlocks;
    });
  }

  /** The process of the embedded PostgreSQL; undefined if it is not running. */
  async findPostmaster() {
    const file = join(this.dataDir, "postgres", "postmaster.pid");
    const pid = Number((await readFile(file, "utf8").catch(() => "")).split("\n")[0]);
    return pid > 0 ? pid : undefined;
  }

  /** Verifies the database against the ledger. Differences are recorded as failures. */
  verify() {
    return verify(this);
  }
}
