import { readConfig } from "./config/config.js";
import { createLog } from "./observability/log.js";
import { reportFailure } from "./process/report-failure.js";
import { listenForSignals } from "./process/signals.js";
import { limitHeapGrowth } from "./process/v8.js";

/** Starts the server. It ends cleanly on SIGTERM or SIGINT. */
try {
  limitHeapGrowth();
  const config = readConfig();
  const log = createLog(config);
  const signals = listenForSignals();
  // Loaded once the configuration is right: all that a server needs takes a second.
  if (config.workers === 1) {
    const { serve } = await import("./process/serve.js");
    await serve(config, log, signals);
  } else {
    const { leadWorkers } = await import("./process/workers/primary.js");
    await leadWorkers(config, log, signals);
  }
} catch (error) {
  reportFailure(error);
}
