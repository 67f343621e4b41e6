import { readConfig } from "./config/config.js";
import { createLog } from "./observability/log.js";
import { reportFailure } from "./process/report-failure.js";
import { serve } from "./process/serve.js";
import { hearSignals } from "./process/signals.js";
import { keepHeapSteady } from "./process/steady-heap.js";
import { leadWorkers } from "./process/workers/primary.js";

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
