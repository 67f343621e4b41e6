import type { FormatRegistry } from "../http/rest-api.js";
import { parseCurrency } from "../shared/currency.js";
import { parseInstant } from "../shared/instant.js";

/** Teaches a validator the formats of our schemas, as everything else here reads them. */
export function addFormats(ajv: FormatRegistry): void {
  ajv.addFormat("date-time", (text) => parseInstant(text) !== null);
  ajv.addFormat("iso-4217", (text) => parseCurrency(text) !== null);
}
