import { readConfig } from "../config/config.js";
import { openConfiguredDatabase } from "../process/open-database.js";
import { createLog } from "../observability/log.js";
import { reportFailure } from "../process/report-failure.js";

/**
 * Brings the configured database's tables up to date and logs what was applied, before servers start
 * that would else do it themselves.
 */
try {
  const config = readConfig();
  const log = createLog(config);
  const database = await openConfiguredDatabase(config, log, "visit");
  await database.close();
  log.info("the tables are up to date");
} catch (error) {
  reportFailure(error);
}
