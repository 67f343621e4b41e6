import { deriveId } from "../shared/uuid.js";
import type { ExportedFields } from "./export-columns.js";
import type { ExportFormat } from "./export-format.js";

/** Writes one JSON object a line, with the names and values of GraphQL. Metadata is an object of texts. */
export function ndjsonFormat({ fields }: ExportedFields): ExportFormat {
  return {
    mediaType: "application/x-ndjson; charset=utf-8",
    head: () => "",
    row: (row, cursor) => {
      const line: Record<string, unknown> = {};
      for (const { name, derivation } of fields) {
        const value = row[name] ?? null;
        line[name] =
          derivation === undefined || value === null
            ? value
            : deriveId(value as string, derivation);
      }
      if (typeof cursor === "string") line["cursor"] = cursor;
      return `${JSON.stringify(line)}\n`;
    },
    last: (name, value) => `${JSON.stringify({ [name]: value })}\n`,
  };
}
