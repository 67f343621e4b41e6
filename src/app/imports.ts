import type { Logger } from "pino";
import type { Database } from "../database/database.js";
import { ImportStore } from "../imports/import.store.js";
import { Imports } from "../imports/imports.service.js";
import { RunImport } from "../imports/run-import.service.js";
import { IMPORT_LIMITS, type ImportLimits } from "../shared/request-limits.js";
import type { composePockets } from "./pockets.js";

interface ImportParts {
  readonly database: Database;
  readonly pockets: ReturnType<typeof composePockets>;
  readonly log: Pick<Logger, "info" | "warn">;
}

/** The imports of files of charges and debits. @returns undefined if none may run. */
export function composeImports(
  { database, pockets: { services, previewOf }, log }: ImportParts,
  limits: Partial<ImportLimits> = {},
): Imports | undefined {
  const allLimits = { ...IMPORT_LIMITS, ...limits };
  if (allLimits.running === 0) return undefined;
  const { pocketGroups, chargePockets, spendPockets } = services;
  const run = new RunImport({
    store: new ImportStore(database),
    pockets: { chargePockets, spendPockets },
    previewOf,
    log,
  });
  return new Imports(run, pocketGroups, allLimits);
}
