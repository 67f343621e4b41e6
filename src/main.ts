import { createApp } from "./app.js";
import { type Config, readConfig } from "./config.js";
import { openConfiguredDatabase } from "./database/open.js";
import { Demo } from "./demo.js";
import { createLog } from "./log.js";
import { reportFailure } from "./report-failure.js";
import { welcome } from "./welcome.js";

/** Starts the server, and ends it cleanly on SIGTERM or SIGINT. */
async function main(config: Config): Promise<void> {
  const log = createLog(config);
  const database = await openConfiguredDatabase(config, log, "serve", (err) => {
    log.fatal({ err }, "the embedded PostgreSQL could not be started again");
    process.exit(1);
  });
  const app = await createApp({ database, log, introspection: config.introspection });
  const demoToken = database.isEmbedded ? await prepareDemo(new Demo(app), config) : null;

  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    // npm and a terminal both pass a signal on, so that the same one may come twice.
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, "stopping: running requests are answered first");
    const cutOff = setTimeout(() => {
      log.warn("some requests took too long and are cut off");
      app.http.server.closeAllConnections();
    }, config.shutdownTimeoutMs);
    app
      .close()
      .then(() => database.close())
      .then(() => {
        clearTimeout(cutOff);
        log.info("stopped");
        process.exit(0);
      })
      .catch((err: unknown) => {
        log.fatal({ err }, "the server did not stop cleanly");
        process.exit(1);
      });
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);

  try {
    await app.http.listen({ host: config.host, port: config.port });
  } catch (error) {
    await database.close();
    throw error;
  }
  const address = app.http.listeningOrigin;
  process.stdout.write(welcome(`${address}/graphql`, demoToken));
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
