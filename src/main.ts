import { readConfig } from "./config.js";
import { createLog } from "./log.js";
import { reportFailure } from "./report-failure.js";
import { serve } from "./serve.js";
import { hearSignals } from "./signals.js";
import { keepHeapSteady } from "./steady-heap.js";
import { leadWorkers } from "./workers/primary.js";

/** Starts the server. It ends cleanly on SIGTERM or SIGINT. */
try {
  keepHeapSteady();
  const config = readConfig();
  const log = createLog(config);
  const signals = hearSignals();
  await (config.workers === 1 ? serve : leadWorkers)(config, log, signals);
} catch (error) {
  reportFailure(error);
}
