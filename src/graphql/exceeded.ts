import { GraphQLError } from "graphql";
import type { DocumentLimits } from "../shared/request-limits.js";

/** A limit that an operation does not keep, as its client is told. */
export interface Exceeded {
  readonly limit:
    | keyof DocumentLimits
    | "length"
    | "lines"
    | "operations"
    | "aliasLength"
    | "chargePockets"
    | "response";
  /** A lower bound for tokens, nesting, lines, values and the response, whose counting stops at the limit. */
  readonly has: number;
  readonly allowed: number;
}

const WORDS: Readonly<
  Record<Exceeded["limit"], readonly [before: string, after: string, advice: string]>
> = {
  tokens: ["has at least", "tokens", "Send values as variables, or ask in several requests"],
  nesting: [
    "nests at least",
    "brackets within each other, in its document or its variables",
    "Ask for what lies deeper in a request of its own",
  ],
  values: [
    "has at least",
    "values in its variables",
    "Send fewer items, or send them in several requests",
  ],
  selections: [
    "has",
    "fields and fragments in its document",
    "Ask for each field once, or in several requests",
  ],
  depth: ["is", "levels deep", "Ask for what lies deeper in a request of its own"],
  aliases: ["has", "aliases", "Ask in several requests, or for a list with a filter"],
  length: ["has", "characters in its document", "Send values as variables"],
  lines: ["has at least", "lines in its document", "Send values as variables"],
  operations: ["stands in a document of", "operations", "Send only the operation that is executed"],
  aliasLength: ["has an alias of", "characters", "Use a shorter name"],
  directives: ["has", "directives", "Leave out in the document what is not wanted"],
  cost: [
    "would cost",
    "points",
    "Ask for smaller pages, fewer lists within lists, or in several requests",
  ],
  response: [
    "reads or answers at least",
    "bytes",
    "Ask for smaller pages, fewer fields, or in several requests. A change that it made stays",
  ],
  chargePockets: [
    "has",
    "chargePockets",
    "Put all charges of a group into one, or send several requests",
  ],
};

/** The error for an operation that exceeds a limit. Except for `response`, the server executed nothing of it. */
export function exceededError(exceeded: Exceeded): GraphQLError {
  return new GraphQLError(messageOf(exceeded), {
    extensions: { code: "BAD_REQUEST", exceeded, http: { status: 400 } },
  });
}

/** The limit that an error is about; undefined for any other error. */
export function exceededBy({ message, extensions }: GraphQLError): Exceeded | undefined {
  // The parser stops by itself, and has no other word for it.
  const [, tokens] = /Document contains more tha[nt] (\d+) tokens/.exec(message) ?? [];
  if (tokens !== undefined && extensions["code"] === "GRAPHQL_PARSE_FAILED")
    return { limit: "tokens", has: Number(tokens) + 1, allowed: Number(tokens) };
  return extensions["exceeded"] as Exceeded | undefined;
}

export function messageOf({ limit, has, allowed }: Exceeded): string {
  const [before, after, advice] = WORDS[limit];
  const are = allowed === 1 ? "1 is" : `${String(allowed)} are`;
  return `The operation ${before} ${String(has)} ${after}; ${are} allowed. ${advice}.`;
}
