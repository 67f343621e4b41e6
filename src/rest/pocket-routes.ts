import type { FastifyInstance } from "fastify";
import { requireCaller } from "../callers/caller.js";
import { answerCharges } from "../pockets/charge-answer.js";
import type { ChargePockets } from "../pockets/charge-pockets.service.js";
import { PocketChargeErrorCode } from "../pockets/pocket-charge.js";
import type { pocketChargeRecord } from "../pockets/pocket-charge.record.js";
import type { TraceByToken } from "../pockets/trace.service.js";
import { MAX_AMOUNT } from "../shared/amount.js";
import { AppError } from "../shared/errors.js";
import { PHONE_NUMBER_FORMS } from "../shared/phone-number.js";
import { parseUuid } from "../shared/uuid.js";
import {
  CHARGE_EXAMPLES,
  RESULT_EXAMPLES,
  SLUG_EXAMPLE,
  TOKEN_EXAMPLE,
  TRACE_EXAMPLE,
} from "./examples.js";
import { closedObject } from "./json-api.js";
import { named } from "./openapi.js";
import { contextOf, merchantOf, refuseOtherMethods } from "./rest-access.js";
import { type ErrorForm, failureHandler } from "./rest-error.js";

export interface PocketServices {
  readonly chargePockets: ChargePockets;
  readonly pocketCharges: TraceByToken<typeof pocketChargeRecord>;
}

const TOKEN = {
  type: "string",
  format: "uuid",
  description: "The charge's own token, a UUID of version 7.",
};
const PHONE_NUMBER = {
  type: "string",
  description: `The user's mobile number, of the group's region, ${PHONE_NUMBER_FORMS}. A successful charge answers with its stored form, such as 989123456789.`,
};
const AMOUNT = {
  type: "integer",
  minimum: -MAX_AMOUNT,
  maximum: MAX_AMOUNT,
  description: "The amount to add to the pocket, in the minor unit of the group's currency.",
};
const CHARGE = { token: TOKEN, phone_number: PHONE_NUMBER, amount: AMOUNT };
const CODE = {
  type: ["string", "null"],
  enum: [...Object.keys(PocketChargeErrorCode), null],
  description:
    "The reason why the charge was refused, for programs to act on; null for a success. DUPLICATE_TOKEN: the same charge was made before. TOKEN_CONFLICT: the token belongs to a different charge.",
};
const SLUG = {
  type: "string",
  description: "The slug of the pocket group.",
  examples: [SLUG_EXAMPLE],
};
const TAGS = ["Pockets"];

export const POCKET_ERRORS: ErrorForm = {
  bodyOf: (problems) => ({ detail: problems.map(({ detail }) => detail).join(" ") }),
  keywords: {},
};

const PROBLEM = named(
  "PocketError",
  closedObject({ detail: { type: "string", description: "What is wrong." } }),
);

/** The responses of a path: what it returns, with its examples, and the errors that it may return. */
function answers(what: string, answer: object, ...statuses: readonly number[]): object {
  const refusals = statuses.map((status) => [
    status,
    { description: REFUSALS[status], content: { "application/json": { schema: PROBLEM } } },
  ]);
  const content = { "application/json": answer };
  return { 200: { description: what, content }, ...(Object.fromEntries(refusals) as object) };
}

const REFUSALS: Readonly<Record<number, string>> = {
  400: "The request is malformed; nothing was charged.",
  401: "The token is missing, malformed, unknown, expired or revoked.",
  403: "The token lacks the scope, or the group is not granted or not active.",
  404: "The group does not exist, or the merchant has not made the charge.",
  413: "The body is too large.",
  415: "The body is not JSON.",
  429: "Too many requests or charges. Nothing was done. Wait as long as Retry-After says, then retry.",
  500: "An internal error. The response has the request's id, to find the error in the log.",
  503: "The database is unavailable. Retry the same request.",
};

const TRACE_REFUSALS = [400, 401, 403, 404, 429, 500, 503];

const CHARGES = {
  ...named(
    "ChargePocketsInput",
    closedObject({
      charges: {
        type: "array",
        minItems: 1,
        maxItems: 1_000,
        items: named("PocketChargeInput", closedObject(CHARGE)),
      },
    }),
  ),
  "x-examples": CHARGE_EXAMPLES,
};
const RESULT = named(
  "PocketChargeResult",
  closedObject({
    ...CHARGE,
    status: { type: "string", enum: ["success", "error"] },
    message: { type: "string", description: "The result of the charge, in words." },
    code: CODE,
  }),
);
const RESULTS = {
  schema: named(
    "ChargePocketsPayload",
    closedObject({ results: { type: "array", items: RESULT } }),
  ),
  examples: RESULT_EXAMPLES,
};
const TRACED = { schema: named("PocketCharge", closedObject(CHARGE)), example: TRACE_EXAMPLE };

interface ChargeBody {
  readonly charges: readonly {
    readonly token: string;
    readonly phone_number: string;
    readonly amount: number;
  }[];
}

/** Adds the pocket paths, as the source API documents them. */
export function addPocketRoutes(
  rest: FastifyInstance,
  { chargePockets, pocketCharges }: PocketServices,
): void {
  rest.setErrorHandler(failureHandler(POCKET_ERRORS));

  rest.post<{ Params: { slug: string }; Body: ChargeBody }>("/pockets/:slug/charge/", {
    config: { allowedScopes: ["POCKETS_CHARGE"] },
    schema: {
      operationId: "chargePockets",
      summary: "Charge pockets",
      description:
        "Charges (tops up) 1 to 1,000 pockets of a group. Each charge has its own result, in the order sent, and is safe to retry with its token. A token charges once: if you send the example a second time, the result is `Duplicate token.` and nothing is charged.",
      tags: TAGS,
      params: closedObject({ slug: SLUG }),
      body: CHARGES,
      response: answers(
        "The results of the charges, each a success or an error.",
        RESULTS,
        ...[400, 401, 403, 404, 413, 415, 429, 500, 503],
      ),
    },
    handler: async (request) => {
      const charges = request.body.charges.map(({ token, phone_number, amount }) => ({
        token,
        phoneNumber: phone_number,
        amount,
      }));
      const { slug } = request.params;
      const results = await chargePockets.charge(merchantOf(request), slug, charges);
      return {
        results: answerCharges(charges, results).map(
          ({ token, phoneNumber, amount, status, message, code }) => ({
            token,
            phone_number: phoneNumber,
            amount,
            status: status.toLowerCase(),
            message,
            code,
          }),
        ),
      };
    },
  });
  refuseOtherMethods(rest, "/pockets/:slug/charge/", ["POST"]);

  rest.get<{ Params: { slug: string; token: string } }>("/pockets/:slug/charge/:token/", {
    config: { allowedScopes: ["POCKETS_READ", "OPERATOR"] },
    schema: {
      operationId: "tracePocketCharge",
      summary: "Trace a charge",
      description:
        "Returns a charge by its token. 404 if the merchant has not made a charge with it.",
      tags: TAGS,
      params: closedObject({ slug: SLUG, token: { ...TOKEN, examples: [TOKEN_EXAMPLE] } }),
      response: answers("The charge was made.", TRACED, ...TRACE_REFUSALS),
    },
    handler: async (request) => {
      const { slug, token } = request.params;
      // Look up an invalid token too, so that an unknown group is reported first.
      const caller = requireCaller(contextOf(request).caller);
      const charge = await pocketCharges.trace(slug, parseUuid(token) ?? NO_TOKEN, caller);
      if (charge === null) {
        throw new AppError("NOT_FOUND", `There is no charge with the token ${token}.`);
      }
      return { token: charge.token, phone_number: charge.phoneNumber, amount: charge.amount };
    },
  });
  refuseOtherMethods(rest, "/pockets/:slug/charge/:token/", ["GET"]);
}

/** No charge has this token: it is not a UUID of version 7. */
const NO_TOKEN = "00000000-0000-0000-0000-000000000000";
