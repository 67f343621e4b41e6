import "reflect-metadata";
import type { Logger } from "pino";
import { printAfterLog } from "../../observability/log.js";
import { composeServices } from "../../app/services.js";
import type { Config } from "../../config/config.js";
import {
  type ReadyDatabase,
  openConfiguredDatabase,
  warnOfFewConnections,
} from "../open-database.js";
import type { DemoToken } from "../../demo/demo.js";
import { openSecretKeys } from "../../secrets/secret-key-folder.store.js";
import { prepareDemo, warnOfMissingKeys } from "../prepare-demo.js";
import { type Signals, stopAfter } from "../signals.js";
import { welcome } from "../welcome.js";
import { forkWorker } from "./cluster-worker.js";
import type { WorkerTask } from "./messages.js";
import { MetricsRound } from "./metrics-round.js";
import { type ReservedPort, reservePort } from "./reserved-port.js";
import { Supervisor } from "./supervisor.js";

/** The time that a worker may need in addition to SHUTDOWN_TIMEOUT_MS for its last writes. */
const CLOSE_TIMEOUT_MS = 5_000;

/**
 * Runs workers that serve on one port, until a signal stops the server. It prepares the database first, replaces
 * workers that end, forwards messages between them, and stops PostgreSQL after them.
 */
export async function leadWorkers(config: Config, log: Logger, signals: Signals): Promise<void> {
  let supervisor: Supervisor | undefined;
  let workersUrl = "";
  const database = await openConfiguredDatabase(config, log, "serve", {
    onBack: () => {
      if (supervisor === undefined || database.url === workersUrl) return;
      log.warn("the embedded PostgreSQL now has another port; replacing the workers");
      supervisor.sendToAll({ type: "stop", isReplaced: true });
    },
    onLost: (err) => {
      log.fatal({ err }, "the embedded PostgreSQL could not be restarted");
      process.exit(1);
    },
  });
  try {
    warnOfMissingKeys(config, database, log);
    await warnOfFewConnections(config, database, log);
    const demoToken = await prepareDemoAlone(config, log, database);
    const port = await reservePort(config.host, config.port);
    supervisor = supervise(config, log, port, () => {
      const { url, isEmbedded } = database;
      workersUrl = url;
      return {
        database: { url, isEmbedded },
        port: port.port,
        demoToken: demoToken?.secret ?? null,
      };
    });
    const workers = supervisor;
    signals.onFirst((signal) =>
      stopAfter(signal, log, async () => {
        await workers.stop(config.shutdownDelayMs + config.shutdownTimeoutMs + CLOSE_TIMEOUT_MS);
        await database.close();
      }),
    );
    if (signals.first !== undefined) return;
    const origin = await workers.start();
    printAfterLog(log, welcome(origin, config, demoToken));
  } catch (error) {
    await database.close();
    throw error;
  }
}

function supervise(
  config: Config,
  log: Logger,
  port: ReservedPort,
  task: () => WorkerTask,
): Supervisor {
  const supervisor = new Supervisor({
    count: config.workers,
    log,
    fork: forkWorker,
    onMessage: (worker, message) => {
      switch (message.type) {
        case "online":
          void port.release().then(() => {
            worker.send({ type: "serve", task: task() });
          });
          break;
        case "tokensChanged":
          supervisor.sendToAll({ type: "forgetTokens" }, worker);
          break;
        case "metricsReport":
          metrics.reported(worker, message.report);
          break;
        case "metricsWanted":
          void metrics.text().then((text) => {
            worker.send({ type: "metrics", text });
          });
          break;
        case "listening":
        case "failed":
          break;
      }
    },
    onEnd: (worker) => {
      metrics.workerEnded(worker);
    },
  });
  const metrics = new MetricsRound(() => supervisor.serving);
  return supervisor;
}

/** Prepares the demo in this process, which serves no requests and therefore loads no server. */
async function prepareDemoAlone(
  config: Config,
  log: Logger,
  database: ReadyDatabase,
): Promise<DemoToken | null> {
  if (!database.isEmbedded || !config.demo) return null;
  const secretKeys = openSecretKeys(config, database.isEmbedded);
  const composed = composeServices({ database, log, secretKeys });
  try {
    return await prepareDemo(composed, database, config);
  } finally {
    await composed.close();
  }
}
