import type { FormatRegistry } from "../http/rest-api.js";
import { parseCurrency } from "../shared/currency.js";
import { parseInstant } from "../shared/instant.js";

/** Adds the formats of the REST schemas to a validator, using the parsers that the rest of the server uses. */
export function addFormats(ajv: FormatRegistry): void {
  ajv.addFormat("date-time", (text) => parseInstant(text) !== null);
  ajv.addFormat("iso-4217", (text) => parseCurrency(text) !== null);
}
