import type { Logger } from "pino";
import type { Config } from "../config/config.js";
import { Demo, type DemoServices, type DemoToken } from "../demo/demo.js";
import { openSecretKeys } from "../payments/secrets/secret-key-folder.store.js";
import type { ReadyDatabase } from "./open-database.js";

/** To be called once for a server, however many processes it has. */
export function warnOfMissingKeys(config: Config, database: ReadyDatabase, log: Logger): void {
  if (openSecretKeys(config, database.isEmbedded)().length > 0) return;
  log.warn("PROVIDER_SECRET_KEYS is not set: inputs with a providerSecret will be refused");
}

/** @returns a valid token when the database has the demo, which an empty one gets unless disabled; else null. */
export async function prepareDemo(
  services: DemoServices,
  { isEmbedded }: ReadyDatabase,
  config: Config,
): Promise<DemoToken | null> {
  if (!isEmbedded || !config.demo) return null;
  const demo = new Demo(services);
  if (await demo.isWanted()) await demo.seed();
  return (await demo.isThere()) ? demo.keepToken(config.dataDir) : null;
}
