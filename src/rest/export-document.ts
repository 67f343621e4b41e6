import { EXPORT_EXAMPLES } from "./export-examples.js";
import { ERRORS } from "./json-api.js";

/* How the OpenAPI document describes exports. */

export const EXPORT_TAGS = ["Exports"];

/** The parameter of the path. */
export function listParameter(lists: readonly { readonly name: string }[]): object {
  const names = lists.map(({ name }) => `\`${name}\``).join(", ");
  return {
    type: "object",
    properties: {
      list: {
        type: "string",
        description: `The list's GraphQL name: ${names}.`,
        examples: ["pocketCharges"],
      },
    },
    required: ["list"],
    additionalProperties: false,
  };
}

const REFUSALS = {
  400: "A parameter is wrong.",
  401: "The token is missing, malformed, unknown, expired or revoked.",
  403: "The token lacks the scope that the list requires.",
  404: "There is no such list.",
  429: "As many exports run as the server, or one merchant, may run at a time, or the token has sent too many requests. Wait as long as Retry-After says, then retry.",
  500: "An internal error. The response has the request's id, to find the error in the log.",
  503: "The database is unavailable. Retry the request.",
};

const CONTENT_TYPES = { csv: "text/csv", ndjson: "application/x-ndjson" } as const;

/** The responses of an export's path. */
export function exportAnswers(extension: keyof typeof CONTENT_TYPES): object {
  const success = {
    description:
      "The rows, and a last line with the count and the sums. The same values are trailers for clients that accept them.",
    headers: {
      "export-total": { type: "integer", description: "The number of rows, if `count=true`." },
    },
    content: {
      [CONTENT_TYPES[extension]]: {
        schema: { type: "string" },
        example: EXPORT_EXAMPLES[extension],
      },
    },
  };
  const refusals = Object.entries(REFUSALS).map(([status, description]) => [
    status,
    { description, content: { "application/json": { schema: ERRORS } } },
  ]);
  return { 200: success, ...(Object.fromEntries(refusals) as object) };
}
