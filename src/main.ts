import type { Logger } from "pino";
import { type App, createApp } from "./app.js";
import { type Config, readConfig } from "./config.js";
import { type ReadyDatabase, openConfiguredDatabase } from "./database/open.js";
import { Demo } from "./demo.js";
import { createLog } from "./log.js";
import { reportFailure } from "./report-failure.js";
import { welcome } from "./welcome.js";

/** Starts the server. It ends cleanly on SIGTERM or SIGINT. */
async function main(config: Config): Promise<void> {
  const log = createLog(config);
  const database = await openConfiguredDatabase(config, log, "serve", (err) => {
    log.fatal({ err }, "the embedded PostgreSQL could not be started again");
    process.exit(1);
  });
  try {
    const app = await createApp({ database, log, introspection: config.introspection });
    const demoToken = database.isEmbedded ? await prepareDemo(new Demo(app), config) : null;
    stopOnSignals(app, database, config, log);
    await app.http.listen({ host: config.host, port: config.port });
    process.stdout.write(welcome(`${app.http.listeningOrigin}/graphql`, demoToken));
  } catch (error) {
    await database.close();
    throw error;
  }
}

function stopOnSignals(app: App, database: ReadyDatabase, config: Config, log: Logger): void {
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    log.info({ signal }, "stopping: running requests are answered first");
    const cutOff = setTimeout(() => {
      log.warn("some requests took too long and are cut off");
      app.http.server.closeAllConnections();
    }, config.shutdownTimeoutMs);
    await app.close();
    clearTimeout(cutOff);
    await database.close();
    log.info("stopped");
  };

  let isStopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    // npm and a terminal both pass a signal on, so that the same one may come twice.
    if (isStopping) return;
    isStopping = true;
    stop(signal).then(
      () => process.exit(0),
      (err: unknown) => {
        log.fatal({ err }, "the server did not stop cleanly");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}

/** @returns a working token while the database is the demo, which an empty one becomes; else null. */
async function prepareDemo(demo: Demo, { dataDir }: Config): Promise<string | null> {
  if (await demo.isDatabaseEmpty()) await demo.seed();
  return (await demo.isThere()) ? demo.keepToken(dataDir) : null;
}

try {
  await main(readConfig());
} catch (error) {
  reportFailure(error);
}
