import { readConfig } from "../config.js";
import { openConfiguredDatabase } from "../database/open.js";
import { createLog } from "../log.js";
import { reportFailure } from "../report-failure.js";

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
