import { type App, createApp } from "../app.js";
import { type Config, readConfig } from "../config.js";
import { openConfiguredDatabase } from "../database/open.js";
import { createLog } from "../log.js";
import { reportFailure } from "../report-failure.js";

/** Runs a command on the configured database, which may have a server beside it, and closes it after. */
export async function runCommand(
  command: (given: { app: App; config: Config }) => Promise<void>,
): Promise<void> {
  try {
    const config = readConfig();
    const log = createLog({ ...config, logLevel: "warn" });
    const database = await openConfiguredDatabase(config, log, "visit");
    try {
      const app = await createApp({ database, log, introspection: false });
      await command({ app, config });
      await app.close();
    } finally {
      await database.close();
    }
  } catch (error) {
    reportFailure(error);
  }
}
