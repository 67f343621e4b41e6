import type { TokenWatch } from "../access/token-watch.service.js";
import type { Database } from "../database/database.js";
import { type ExportMetrics, ExportService } from "../exports/export.service.js";
import { listFieldsOf } from "../graphql/list-fields.js";
import type { ListDefinition } from "../listing/list-query.js";
import type { ExportedList, ExportServices } from "../rest/send-export.js";
import { present } from "../shared/assert.js";
import { EXPORT_LIMITS, type ExportLimits } from "../shared/request-limits.js";

interface ExportParts {
  readonly database: Database;
  readonly schema: Parameters<typeof listFieldsOf>[0];
  /** The definitions of all lists. */
  readonly lists: readonly ListDefinition[];
  readonly tokens: Pick<TokenWatch, "watch">;
  readonly metrics: ExportMetrics | undefined;
}

/** The exports of every top-level list of the schema. @returns undefined if no export may run. */
export function composeExports(
  { database, schema, lists, tokens, metrics }: ExportParts,
  limits: Partial<ExportLimits> = {},
): ExportServices | undefined {
  const { running, stallMs } = { ...EXPORT_LIMITS, ...limits };
  if (running === 0) return undefined;
  const definitions = new Map(lists.map((one) => [one.record.name, one]));
  const exportedLists = listFieldsOf(schema).map((field): ExportedList => ({
    ...field,
    definition: present(definitions.get(field.typeName), `the list ${field.name}`),
  }));
  const exports = new ExportService(database, running, metrics);
  return { exports, exportedLists, tokens, stallMs };
}
