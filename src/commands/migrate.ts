import { readConfig } from "../config/config.js";
import { openConfiguredDatabase } from "../process/open-database.js";
import { createLog } from "../observability/log.js";
import { reportFailure } from "../process/report-failure.js";

/**
 * Applies missing migrations to the configured database and logs them. Run it before starting servers that
 * must not migrate on their own.
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
