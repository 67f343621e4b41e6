import type { FastifyInstance } from "fastify";
import { requireCaller } from "../callers/caller.js";
import { answerCharges } from "../pockets/charge-answer.js";
import type { ChargePockets } from "../pockets/charge-pockets.service.js";
import { PocketChargeErrorCode } from "../pockets/pocket-charge.js";
import type { pocketChargeRecord } from "../pockets/pocket-charge.record.js";
import type { TraceByToken } from "../pockets/trace.service.js";
import { AppError } from "../shared/errors.js";
import { parseUuid } from "../shared/uuid.js";
import { CHARGE_EXAMPLES, RESULT_EXAMPLES, TOKEN_EXAMPLE, TRACE_EXAMPLE } from "./examples.js";
import { closedObject } from "./json-api.js";
import { named } from "./openapi.js";
import { type PocketEntryServices, addPocketEntryRoutes } from "./pocket-entry-routes.js";
import {
  CHANGE_REFUSALS,
  type MovementBody,
  NO_TOKEN,
  PHONE_NUMBER,
  POCKET_ERRORS,
  POCKET_TAGS,
  SLUG,
  STATUS,
  TEXTS,
  TRACE_REFUSALS,
  amountOf,
  answers,
  codeOf,
  listOf,
  movementOf,
  tokenOf,
} from "./pocket-form.js";
import { contextOf, merchantOf, refuseOtherMethods } from "./rest-access.js";
import { failureHandler } from "./rest-error.js";

export interface PocketServices extends PocketEntryServices {
  readonly chargePockets: ChargePockets;
  readonly pocketCharges: TraceByToken<typeof pocketChargeRecord>;
}

const TOKEN = tokenOf("The charge's own token, a UUID of version 7.");
const CHARGE = {
  token: TOKEN,
  phone_number: PHONE_NUMBER,
  amount: amountOf("The amount to add to the pocket, in the minor unit of the group's currency."),
};
const CODE = codeOf(
  PocketChargeErrorCode,
  "The reason why the charge was refused, for programs to act on; null for a success. DUPLICATE_TOKEN: the same charge was made before. TOKEN_CONFLICT: the token belongs to something else.",
);

const CHARGES = {
  ...named(
    "ChargePocketsInput",
    closedObject({
      charges: listOf(
        named("PocketChargeInput", closedObject({ ...CHARGE, ...TEXTS }, Object.keys(CHARGE))),
      ),
    }),
  ),
  "x-examples": CHARGE_EXAMPLES,
};
const RESULT = named(
  "PocketChargeResult",
  closedObject({
    ...CHARGE,
    status: STATUS,
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
  readonly charges: readonly MovementBody[];
}

/** Adds the pocket paths: those of the source API, and in their style those for money out. */
export function addPocketRoutes(rest: FastifyInstance, services: PocketServices): void {
  const { chargePockets, pocketCharges } = services;
  rest.setErrorHandler(failureHandler(POCKET_ERRORS));

  rest.post<{ Params: { slug: string }; Body: ChargeBody }>("/pockets/:slug/charge/", {
    config: { allowedScopes: ["POCKETS_CHARGE"] },
    schema: {
      operationId: "chargePockets",
      summary: "Charge pockets",
      description:
        "Charges (tops up) 1 to 1,000 pockets of a group. Each charge has its own result, in the order sent, and is safe to retry with its token. A token charges once: if you send the example a second time, the result is `Duplicate token.` and nothing is charged.",
      tags: POCKET_TAGS,
      params: closedObject({ slug: SLUG }),
      body: CHARGES,
      response: answers(
        "The results of the charges, each a success or an error.",
        RESULTS,
        ...CHANGE_REFUSALS,
      ),
    },
    handler: async (request) => {
      const charges = request.body.charges.map(movementOf);
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
      tags: POCKET_TAGS,
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
  refuseOtherMethods(rest, "/pockets/:slug/charge/:token/", ["GET", "HEAD"]);

  addPocketEntryRoutes(rest, services);
}
