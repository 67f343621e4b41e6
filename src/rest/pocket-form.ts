import type { PocketChargeRequest } from "../pockets/pocket-charge.js";
import { MAX_AMOUNT } from "../shared/amount.js";
import type { Metadata } from "../shared/merchant-data.js";
import { PHONE_NUMBER_FORMS } from "../shared/phone-number.js";
import { MAX_ITEMS } from "../shared/request-limits.js";
import { entriesOf } from "./attributes.js";
import { SLUG_EXAMPLE } from "./examples.js";
import { closedObject } from "./json-api.js";
import { named } from "./openapi.js";
import type { ErrorForm } from "./rest-error.js";

/* What the pocket paths have in common: their errors, and the values in their requests and responses. */

export const POCKET_ERRORS: ErrorForm = {
  bodyOf: (problems) => ({ detail: problems.map(({ detail }) => detail).join(" ") }),
  keywords: {},
};

export const POCKET_TAGS = ["Pockets"];
export const SLUG = {
  type: "string",
  description: "The slug of the pocket group.",
  examples: [SLUG_EXAMPLE],
};
export const PHONE_NUMBER = {
  type: "string",
  description: `The user's mobile number, of the group's region, ${PHONE_NUMBER_FORMS}. A success answers with its stored form, such as 989123456789.`,
};
export const STATUS = { type: "string", enum: ["success", "error"] };

/** No item has this token: it is not a UUID of version 7. */
export const NO_TOKEN = "00000000-0000-0000-0000-000000000000";

interface AmountSchema {
  readonly type: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly description: string;
}

/** A token of version 7. */
export function tokenOf(description: string): object {
  return { type: "string", format: "uuid", description };
}

/** An amount in the minor unit of the group's currency. A result of its own reports one that is not above 0. */
export function amountOf(description: string): AmountSchema {
  return { type: "integer", minimum: -MAX_AMOUNT, maximum: MAX_AMOUNT, description };
}

export function orNull(schema: AmountSchema): object {
  return { ...schema, type: [schema.type, "null"] };
}

/** A list of items. */
export function listOf(items: object): object {
  return { type: "array", minItems: 1, maxItems: MAX_ITEMS, items };
}

/** A text of the merchant. */
export function textOf(description: string): object {
  return { type: ["string", "null"], description };
}

/** The texts that a merchant may keep with a charge or a debit. Longer ones are refused in the item's own result. */
export const TEXTS = {
  reference: textOf(
    "The number or name of the item in the merchant's own system. At most 200 characters.",
  ),
  note: textOf("A text for people. At most 500 characters."),
  metadata: {
    type: ["object", "null"],
    additionalProperties: { type: "string" },
    description: "The merchant's own texts by key. At most 20 keys.",
  },
};

/** A charge or a debit in a body. */
export interface MovementBody {
  readonly token: string;
  readonly phone_number: string;
  readonly amount: number;
  readonly reference?: string | null;
  readonly note?: string | null;
  readonly metadata?: Metadata | null;
}

export function movementOf({
  phone_number: phoneNumber,
  metadata,
  ...movement
}: MovementBody): PocketChargeRequest {
  return { ...movement, phoneNumber, metadata: entriesOf(metadata) };
}

/** The reason of a refusal. */
export function codeOf(codes: object, description: string): object {
  return { type: ["string", "null"], enum: [...Object.keys(codes), null], description };
}

const PROBLEM = named(
  "PocketError",
  closedObject({ detail: { type: "string", description: "What is wrong." } }),
);

/** The responses of a path: what it returns, with its examples, and the errors that it may return. */
export function answers(what: string, answer: object, ...statuses: readonly number[]): object {
  const refusals = statuses.map((status) => [
    status,
    { description: REFUSALS[status], content: { "application/json": { schema: PROBLEM } } },
  ]);
  const content = { "application/json": answer };
  return { 200: { description: what, content }, ...(Object.fromEntries(refusals) as object) };
}

const REFUSALS: Readonly<Record<number, string>> = {
  400: "The request is malformed; nothing was done.",
  401: "The token is missing, malformed, unknown, expired or revoked.",
  403: "The token lacks the scope, or the group is not granted or not active.",
  404: "The group does not exist, or the merchant has not used the token in it.",
  413: "The body is too large.",
  415: "The body is not JSON.",
  429: "Too many requests or items. Nothing was done. Wait as long as Retry-After says, then retry.",
  500: "An internal error. The response has the request's id, to find the error in the log.",
  503: "The database is unavailable. Retry the same request.",
};

export const CHANGE_REFUSALS = [400, 401, 403, 404, 413, 415, 429, 500, 503];
export const TRACE_REFUSALS = [400, 401, 403, 404, 429, 500, 503];
