import { SLUG_EXAMPLE } from "./examples.js";
import { ERRORS } from "./json-api.js";

/* How the OpenAPI document describes imports. */

export const IMPORT_TAGS = ["Imports"];

/** The media types of a file. Browsers send one of them, depending on the programs that are installed. */
export const FILE_TYPES = [
  "text/csv",
  "application/csv",
  "application/vnd.ms-excel",
  "application/octet-stream",
  "text/tab-separated-values",
];

/** The query of an import, in the shape that its schema allows. */
export interface ImportQuery {
  readonly group: string;
  readonly dryRun?: "true" | "false";
  readonly results?: "all" | "refused" | "none";
  readonly again?: string;
  readonly bom?: "true" | "false";
}

const FLAG = { type: "string", enum: ["true", "false"] };

export const IMPORT_QUERY = {
  type: "object",
  additionalProperties: false,
  required: ["group"],
  properties: {
    group: {
      type: "string",
      description: "The slug of the pocket group.",
    },
    dryRun: {
      ...FLAG,
      description:
        "Whether to report what would happen to each row, and change nothing. Defaults to false.",
    },
    results: {
      type: "string",
      enum: ["all", "refused", "none"],
      description:
        "The rows that the response lists. Defaults to all rows in a dry run and in CSV, and otherwise to the refused rows.",
    },
    again: {
      type: "string",
      description:
        "A name for an intended repetition of a file that was imported before, such as `2026-12`. Rows without tokens of their own are then done again, once for each name. At most 100 characters, none of them invisible; spaces around it are removed.",
    },
    bom: {
      ...FLAG,
      description:
        "Whether a response in CSV begins with a byte order mark, by which Excel recognizes UTF-8. Defaults to false.",
    },
  },
};

const FILE_EXAMPLE = [
  "phone_number,amount,reference,metadata.campaign",
  "989120000000,10000,payout-1,spring",
  "۰۹۱۲۰۰۰۰۰۰۱,۲۰۰۰۰,payout-2,",
  "",
].join("\n");

const FILE = {
  type: "string",
  "x-examples": { two: { summary: "Two rows", value: FILE_EXAMPLE } },
};

export const IMPORT_BODY = {
  content: Object.fromEntries(FILE_TYPES.map((type) => [type, { schema: FILE }])) as object,
};

const PROGRESS = { rows: 2, of: 2, succeeded: 1, repeated: 0, refused: 1 };
const ROW = {
  ...{ line: 3, row: 2, status: "REFUSED", code: "INVALID_AMOUNT" },
  message: "The amount is missing.",
  token: "01988f7b-21c4-7000-8000-02f0f3c9b1a0",
  ...{ phoneNumber: "989120000001", amount: null, cells: ["989120000001", ""] },
};
const BEGIN = {
  ...{ kind: "CHARGE", pocketGroupSlug: SLUG_EXAMPLE, currency: "IRR", isDryRun: false, rows: 2 },
  columns: ["phone_number", "amount"],
  fileSha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  firstImportedAt: null,
};
const END = {
  ...{ isComplete: true, rows: 2, of: 2 },
  succeeded: { rows: 1, amount: "10000" },
  repeated: { rows: 0, amount: "0" },
  refused: { rows: 1, amount: "0" },
  ...{ refusedByCode: { INVALID_AMOUNT: 1 }, alike: 0, error: null, caution: null },
};
const PARTS = { import: BEGIN, row: ROW, progress: PROGRESS, end: END };

const ndjsonExample = Object.entries(PARTS)
  .map(([name, value]) => `${JSON.stringify({ [name]: value })}\n`)
  .join("");
const eventsExample = Object.entries(PARTS)
  .map(([name, value]) => `event: ${name}\ndata: ${JSON.stringify(value)}\n\n`)
  .join("");
const csvExample = [
  "phone_number,amount,token,line,row,status,code,message",
  `${ROW.phoneNumber},,${ROW.token},3,2,REFUSED,INVALID_AMOUNT,The amount is missing.`,
  "",
].join("\r\n");

const REFUSALS = {
  400: "A parameter is wrong, or the body does not match its Content-Encoding. Nothing was done.",
  401: "The token is missing, malformed, unknown, expired or revoked.",
  403: "The token lacks the scope, or the group is not granted or not active.",
  404: "The group does not exist.",
  408: "The client sent the file too slowly. Nothing was done.",
  413: "The file is too large. Nothing was done.",
  415: "The body is not CSV, or its encoding is not supported.",
  422: "The file cannot be read. `meta` has the line and the row. Nothing was done.",
  429: "As many imports run as the server, or one merchant, may run at a time, or the token has sent too many requests. Nothing was done. Wait as long as Retry-After says, then send the file again.",
  500: "An internal error. The response has the request's id, to find the error in the log.",
  503: "The database is unavailable, or the server is stopping. Send the same file again.",
};

const as = (example: string): object => ({ schema: { type: "string" }, example });

/** The responses of an import's path. */
export const IMPORT_ANSWERS: object = {
  200: {
    description:
      "What happens to the rows, while the import runs. The last part is `end`; without it, the import was cut off, and the same file continues it.",
    content: {
      "application/x-ndjson": as(ndjsonExample),
      "text/event-stream": as(eventsExample),
      "text/csv": as(csvExample),
    },
  },
  ...(Object.fromEntries(
    Object.entries(REFUSALS).map(([status, description]) => [
      status,
      { description, content: { "application/json": { schema: ERRORS } } },
    ]),
  ) as object),
};
