import type { Logger } from "pino";
import { printAfterLog } from "../observability/log.js";
import type { Config } from "../config/config.js";
import { openConfiguredDatabase } from "./open-database.js";
import { poolStateOf } from "../database/read-slots.js";
import type { DemoToken } from "../demo/demo.js";
import { Metrics } from "../observability/metrics/metrics.js";
import { prepareDemo, warnOfMissingKeys } from "./prepare-demo.js";
import { closeInTime, createServerApp } from "./server-app.js";
import { type Signals, stopAfter } from "./signals.js";
import { optimizeSooner } from "./v8.js";
import { welcome } from "./welcome.js";

/** Serves from this process until a signal ends it. */
export async function serve(config: Config, log: Logger, signals: Signals): Promise<void> {
  const database = await openConfiguredDatabase(config, log, "serve", {
    onLost: (err) => {
      log.fatal({ err }, "the embedded PostgreSQL could not be restarted");
      process.exit(1);
    },
  });
  try {
    warnOfMissingKeys(config, database, log);
    let token: DemoToken | null = null;
    const metrics = config.metrics
      ? new Metrics(poolStateOf(database.pool), database.replicas)
      : undefined;
    const app = await createServerApp(config, log, database, {
      demoToken: () => token?.secret ?? null,
      metrics: metrics && { counted: metrics, text: () => metrics.text() },
    });
    token = await prepareDemo(app, database, config);
    signals.onFirst((signal) =>
      stopAfter(signal, log, async () => {
        await closeInTime(app, config, log);
        await database.close();
      }),
    );
    if (signals.first !== undefined) return;
    await app.http.listen({ host: config.host, port: config.port });
    optimizeSooner();
    printAfterLog(log, welcome(app.http.listeningOrigin, config, token));
  } catch (error) {
    await database.close();
    throw error;
  }
}
