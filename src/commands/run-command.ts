import "reflect-metadata";
import { type Composed, composeServices } from "../app/services.js";
import { type Config, readConfig } from "../config/config.js";
import { openConfiguredDatabase } from "../process/open-database.js";
import { createLog } from "../observability/log.js";
import { openSecretKeys } from "../secrets/secret-key-folder.store.js";
import { reportFailure } from "../process/report-failure.js";

/**
 * Runs a command on the configured database, which may have a running server, and then closes the database.
 *
 * @param command gets the services without a server, which load in half the time.
 * @param prepare runs before the application is assembled.
 */
export async function runCommand(
  command: (given: { app: Composed; config: Config }) => Promise<void>,
  prepare: (given: { config: Config; isEmbedded: boolean }) => void = () => undefined,
): Promise<void> {
  try {
    const config = readConfig();
    const log = createLog({ ...config, logLevel: "warn" });
    const database = await openConfiguredDatabase(config, log, "visit");
    try {
      prepare({ config, isEmbedded: database.isEmbedded });
      const secretKeys = openSecretKeys(config, database.isEmbedded);
      const app = composeServices({ database, log, secretKeys });
      await command({ app, config });
      await app.close();
    } finally {
      await database.close();
    }
  } catch (error) {
    reportFailure(error);
  }
}
