import type { Logger } from "pino";
import type { Config } from "../config/config.js";
import { Demo, type DemoServices, type DemoToken } from "../demo/demo.js";
import { openSecretKeys } from "../secrets/secret-key-folder.store.js";
import type { ReadyDatabase } from "./open-database.js";

/** Call it once per server, not in each process. */
export function warnOfMissingKeys(config: Config, database: ReadyDatabase, log: Logger): void {
  if (openSecretKeys(config, database.isEmbedded)().length > 0) return;
  log.warn("PROVIDER_SECRET_KEYS is not set: inputs with a providerSecret will be refused");
}

/** Creates the demo in an empty embedded database, unless disabled. @returns a token of the demo; null without one. */
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
