import { readConfig } from "../../config/config.js";
import { type ReadyDatabase, joinDatabase } from "../open-database.js";
import { poolStateOf } from "../../database/read-slots.js";
import { createLog } from "../../observability/log.js";
import { Metrics } from "../../observability/metrics/metrics.js";
import { describeFailure } from "../report-failure.js";
import { type ServerApp, closeInTime, createServerApp } from "../server-app.js";
import { limitHeapGrowth, optimizeSooner } from "../v8.js";
import type { ToPrimary, ToWorker, WorkerTask } from "./messages.js";

// The program of a worker. If the primary process ends, Node's cluster ends it immediately: its transactions are
// rolled back or committed, as after a crash.

// Ignore signals that a terminal or a service manager sends to the whole group: the primary process stops workers.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);

limitHeapGrowth();
const config = readConfig();
const log = createLog(config);
let serving: { app: ServerApp; database: ReadyDatabase; metrics: Metrics | undefined } | undefined;
let isStopping = false;
let waitingForMetrics: ((text: string) => void)[] = [];

process.on("message", (message: ToWorker) => {
  switch (message.type) {
    case "serve":
      serve(message.task).catch((error: unknown) => {
        // The primary process reports the reason, once for all workers, and then kills this one.
        send({ type: "failed", reason: describeFailure(error) });
      });
      break;
    case "forgetTokens":
      serving?.app.forgetTokens();
      log.debug("removed cached tokens on request of another worker");
      break;
    case "reportMetrics":
      void reportMetrics();
      break;
    case "metrics":
      for (const answer of waitingForMetrics) answer(message.text);
      waitingForMetrics = [];
      break;
    case "stop":
      void stop(message.isReplaced ?? false);
      break;
  }
});
send({ type: "online" });

async function serve({ database: address, port, demoToken }: WorkerTask): Promise<void> {
  const database = joinDatabase(config, log, address);
  const metrics = config.metrics
    ? new Metrics(poolStateOf(database.pool), database.replicas)
    : undefined;
  const app = await createServerApp(config, log, database, {
    demoToken: () => demoToken,
    metrics: metrics && { counted: metrics, text: metricsOfAll },
    onTokensChanged: () => {
      send({ type: "tokensChanged" });
    },
  });
  serving = { app, database, metrics };
  await app.http.listen({ host: config.host, port });
  optimizeSooner();
  send({ type: "listening", origin: app.http.listeningOrigin });
}

function metricsOfAll(): Promise<string> {
  send({ type: "metricsWanted" });
  return new Promise((resolve) => waitingForMetrics.push(resolve));
}

async function reportMetrics(): Promise<void> {
  const report = await serving?.metrics?.report();
  if (report) send({ type: "metricsReport", report });
}

async function stop(isReplaced: boolean): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  try {
    if (serving !== undefined) {
      // The other workers keep serving, so no readiness delay is needed.
      const inTime = isReplaced ? { ...config, shutdownDelayMs: 0 } : config;
      await closeInTime(serving.app, inTime, log);
      await serving.database.close();
    }
    process.exit(0);
  } catch (err) {
    log.fatal({ err }, "a worker did not stop cleanly");
    process.exit(1);
  }
}

/** Sends nothing if the primary process has ended; this process then ends too. */
function send(message: ToPrimary): void {
  process.send?.(message, undefined, undefined, () => undefined);
}
