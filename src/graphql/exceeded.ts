import { GraphQLError } from "graphql";
import type { DocumentLimits } from "../shared/request-limits.js";
import { ITEM_MUTATIONS, type ItemMutation } from "./item-mutations.js";

/** A limit that an operation exceeds, as reported to its client. */
export interface Exceeded {
  readonly limit:
    | keyof DocumentLimits
    | "length"
    | "lines"
    | "operations"
    | "aliasLength"
    | ItemMutation
    | "response";
  /** A lower bound for tokens, nesting, lines, values and the response, whose counting stops at the limit. */
  readonly has: number;
  readonly allowed: number;
}

const WORDS: Readonly<
  Record<Exceeded["limit"], readonly [before: string, after: string, advice: string]>
> = {
  tokens: ["has at least", "tokens", "Send values as variables, or split the request"],
  nesting: [
    "has at least",
    "levels of nested brackets in its document or its variables",
    "Request deeper data separately",
  ],
  values: [
    "has at least",
    "values in its variables",
    "Send fewer items, or send them in several requests",
  ],
  selections: [
    "has",
    "fields and fragments in its document",
    "Select each field once, or split the request",
  ],
  depth: ["is", "levels deep", "Request deeper data separately"],
  aliases: ["has", "aliases", "Split the request, or use a list with a filter"],
  length: ["has", "characters in its document", "Send values as variables"],
  lines: ["has at least", "lines in its document", "Send values as variables"],
  operations: ["is in a document of", "operations", "Send only the operation that is executed"],
  aliasLength: ["has an alias of", "characters", "Use a shorter name"],
  directives: ["has", "directives", "Remove fields from the document instead of skipping them"],
  cost: ["would cost", "points", "Use smaller pages or fewer nested lists, or split the request"],
  response: [
    "reads or answers at least",
    "bytes",
    "Use smaller pages or fewer fields, or split the request. Changes that it made are kept",
  ],
  ...itemMutationWords(),
};

function itemMutationWords(): Record<ItemMutation, readonly [string, string, string]> {
  const advice = "Combine the items of a group into one, or split the request";
  const words = ITEM_MUTATIONS.map((name) => [name, ["has", name, advice]]);
  return Object.fromEntries(words) as Record<ItemMutation, readonly [string, string, string]>;
}

/** The error for an operation that exceeds a limit. Except for `response`, the server executed nothing of it. */
export function exceededError(exceeded: Exceeded): GraphQLError {
  return new GraphQLError(messageOf(exceeded), {
    extensions: { code: "BAD_REQUEST", exceeded, http: { status: 400 } },
  });
}

/** The limit that an error is about; undefined for any other error. */
export function exceededBy({ message, extensions }: GraphQLError): Exceeded | undefined {
  // The parser enforces this limit itself, and its error has no code of its own.
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
