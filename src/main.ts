import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { type App, createApp } from "./app.js";
import { type Config, readConfig } from "./config.js";
import { type ReadyDatabase, openConfiguredDatabase } from "./database/open.js";
import { Demo } from "./demo/demo.js";
import { playgroundStart } from "./demo/playground-start.js";
import { createLog } from "./log.js";
import { openSecretKeys } from "./payments/secret-key-folder.js";
import { reportFailure } from "./report-failure.js";
import { welcome } from "./welcome.js";

/** Starts the server. It ends cleanly on SIGTERM or SIGINT. */
async function main(config: Config): Promise<void> {
  const log = createLog(config);
  const signals = hearSignals();
  const database = await openConfiguredDatabase(config, log, "serve", (err) => {
    log.fatal({ err }, "the embedded PostgreSQL could not be started again");
    process.exit(1);
  });
  try {
    const secretKeys = openSecretKeys(config, database.isEmbedded);
    if (secretKeys().length === 0) {
      log.warn("PROVIDER_SECRET_KEYS is not set: a providerSecret in an input will be refused");
    }
    const { introspection, compilesQueries, gathersCharges, corsOrigins } = config;
    let demoToken: string | null = null;
    const playground = config.playground ? () => playgroundStart(demoToken) : undefined;
    const app = await createApp({
      database,
      log,
      introspection,
      compilesQueries,
      gathersCharges,
      corsOrigins,
      playground,
      secretKeys,
    });
    demoToken = database.isEmbedded ? await prepareDemo(new Demo(app), config) : null;
    signals.onFirst((signal) => stop(signal, app, database, config, log));
    if (signals.first !== undefined) return;
    await app.http.listen({ host: config.host, port: config.port });
    process.stdout.write(welcome(app.http.listeningOrigin, config.playground, demoToken));
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function stop(
  signal: NodeJS.Signals,
  app: App,
  database: ReadyDatabase,
  config: Config,
  log: Logger,
): Promise<void> {
  log.info({ signal }, "stopping: running requests are answered first");
  const cutOff = sleep(config.shutdownTimeoutMs).then(() => {
    log.warn("some requests took too long and are cut off");
    app.http.server.closeAllConnections();
  });
  try {
    // What is cut off may hold every connection, so that closing would wait for one.
    await Promise.race([app.close(), cutOff]);
    await database.close();
    log.info("stopped");
    process.exit(0);
  } catch (err) {
    log.fatal({ err }, "the server did not stop cleanly");
    process.exit(1);
  }
}

/** Heard from the start on, so that a signal during the start leaves nothing running either. */
function hearSignals() {
  let act: ((signal: NodeJS.Signals) => Promise<void>) | undefined;
  let first: NodeJS.Signals | undefined;
  const hear = (signal: NodeJS.Signals): void => {
    // npm and a terminal both pass a signal on, so that the same one may come twice.
    if (first !== undefined) return;
    first = signal;
    void act?.(signal);
  };
  process.on("SIGTERM", hear);
  process.on("SIGINT", hear);
  return {
    get first() {
      return first;
    },
    onFirst(does: (signal: NodeJS.Signals) => Promise<void>): void {
      act = does;
      if (first !== undefined) void does(first);
    },
  };
}

/** @returns a working token while the database is the demo, which an empty one becomes; else null. */
async function prepareDemo(demo: Demo, { dataDir }: Config): Promise<string | null> {
  if (await demo.isWanted()) await demo.seed();
  return (await demo.isThere()) ? demo.keepToken(dataDir) : null;
}

try {
  await main(readConfig());
} catch (error) {
  reportFailure(error);
}
