import type { FastifyInstance } from "fastify";
import { requireCaller } from "../callers/caller.js";
import { answerItems, shownAsSent } from "../pockets/item-answer.js";
import type { PocketEntryLoader } from "../pockets/pocket-entry.loader.js";
import { pocketEntryRecord } from "../pockets/pocket-entry.record.js";
import type { SpendPockets } from "../pockets/spend-pockets.service.js";
import type { TraceByToken } from "../pockets/trace.service.js";
import { present } from "../shared/assert.js";
import { AppError } from "../shared/errors.js";
import { parseUuid } from "../shared/uuid.js";
import { attributesOf, inRestWords, writtenTime } from "./attributes.js";
import { TOKEN_EXAMPLE } from "./examples.js";
import { closedObject } from "./json-api.js";
import {
  DEBITS,
  DEBIT_RESULTS,
  ENTRY,
  ENTRY_NAMES,
  REVERSALS,
  REVERSAL_RESULTS,
} from "./pocket-entry-schema.js";
import {
  CHANGE_REFUSALS,
  type MovementBody,
  NO_TOKEN,
  POCKET_TAGS,
  SLUG,
  TRACE_REFUSALS,
  answers,
  movementOf,
  tokenOf,
} from "./pocket-form.js";
import { contextOf, merchantOf, refuseOtherMethods } from "./rest-access.js";

export interface PocketEntryServices {
  readonly spendPockets: SpendPockets;
  readonly pocketEntries: TraceByToken<typeof pocketEntryRecord>;
  readonly pocketEntryLoader: PocketEntryLoader;
}

interface DebitBody {
  readonly debits: readonly MovementBody[];
}

interface ReversalBody {
  readonly reversals: readonly {
    readonly token: string;
    readonly of_token: string;
    readonly amount?: number | null;
    readonly reason?: string | null;
  }[];
}

/** Adds the paths that take amounts out of pockets, take entries back, and find them. */
export function addPocketEntryRoutes(rest: FastifyInstance, services: PocketEntryServices): void {
  addDebits(rest, services);
  addReversals(rest, services);
  addEntries(rest, services);
}

function addDebits(rest: FastifyInstance, { spendPockets }: PocketEntryServices): void {
  rest.post<{ Params: { slug: string }; Body: DebitBody }>("/pockets/:slug/debit/", {
    config: { allowedScopes: ["POCKETS_DEBIT"] },
    schema: {
      operationId: "debitPockets",
      summary: "Debit pockets",
      description:
        "Takes amounts out of what is available in 1 to 1,000 pockets of a group. Each debit has its own result, in the order sent, and is safe to retry with its token.",
      tags: POCKET_TAGS,
      params: closedObject({ slug: SLUG }),
      body: DEBITS,
      response: answers(
        "The results of the debits, each a success or an error.",
        DEBIT_RESULTS,
        ...CHANGE_REFUSALS,
      ),
    },
    handler: async (request) => {
      const debits = request.body.debits.map(movementOf);
      const { slug } = request.params;
      const results = await spendPockets.debit(merchantOf(request), slug, debits);
      const answered = answerItems("debit", tokensOf(debits), results);
      return {
        results: answered.map((one, index) => {
          const { phoneNumber, amount } = present(debits[index], "the debit of a result");
          const made = one.status === "SUCCESS" ? one.pocketEntry : null;
          const phone_number = made?.phoneNumber ?? shownAsSent(phoneNumber);
          return { token: one.token, phone_number, amount, ...outcomeOf(one) };
        }),
      };
    },
  });
  refuseOtherMethods(rest, "/pockets/:slug/debit/", ["POST"]);
}

function addReversals(rest: FastifyInstance, { spendPockets }: PocketEntryServices): void {
  rest.post<{ Params: { slug: string }; Body: ReversalBody }>("/pockets/:slug/reverse/", {
    config: { allowedScopes: ["POCKETS_REVERSE"] },
    schema: {
      operationId: "reversePocketEntries",
      summary: "Reverse charges and debits",
      description:
        "Takes back 1 to 1,000 charges and debits that the merchant made in a group, whole or in part. The reversal of a charge takes out what is available; the reversal of a debit gives back. Each has its own result, in the order sent, and is safe to retry with its token.",
      tags: POCKET_TAGS,
      params: closedObject({ slug: SLUG }),
      body: REVERSALS,
      response: answers(
        "The results of the reversals, each a success or an error.",
        REVERSAL_RESULTS,
        ...CHANGE_REFUSALS,
      ),
    },
    handler: async (request) => {
      const reversals = request.body.reversals.map(({ of_token: ofToken, ...reversal }) => ({
        ...reversal,
        ofToken,
      }));
      const { slug } = request.params;
      const results = await spendPockets.reverse(merchantOf(request), slug, reversals);
      const answered = answerItems("reverse", tokensOf(reversals), results);
      return {
        results: answered.map((one, index) => {
          const { ofToken, amount = null } = present(reversals[index], "the reversal of a result");
          const made = one.status === "SUCCESS" ? one.pocketEntry : null;
          return {
            token: one.token,
            of_token:
              made === null ? shownAsSent(ofToken) : present(parseUuid(ofToken), "a used token"),
            amount: made === null ? amount : Math.abs(made.amount),
            ...outcomeOf(one),
          };
        }),
      };
    },
  });
  refuseOtherMethods(rest, "/pockets/:slug/reverse/", ["POST"]);
}

function addEntries(
  rest: FastifyInstance,
  { pocketEntries, pocketEntryLoader }: PocketEntryServices,
): void {
  rest.get<{ Params: { slug: string; token: string } }>("/pockets/:slug/entries/:token/", {
    config: { allowedScopes: ["POCKETS_READ", "OPERATOR"] },
    schema: {
      operationId: "tracePocketEntry",
      summary: "Trace an entry",
      description:
        "Returns a charge, a debit or a reversal by its token. 404 if the merchant has not made it.",
      tags: POCKET_TAGS,
      params: closedObject({
        slug: SLUG,
        token: { ...tokenOf("The entry's own token."), examples: [TOKEN_EXAMPLE] },
      }),
      response: answers("The entry was made.", ENTRY, ...TRACE_REFUSALS),
    },
    handler: async (request) => {
      const { slug, token } = request.params;
      const context = contextOf(request);
      // Look up an invalid token too, so that an unknown group is reported first.
      const caller = requireCaller(context.caller);
      const entry = await pocketEntries.trace(slug, parseUuid(token) ?? NO_TOKEN, caller);
      if (entry === null) {
        throw new AppError("NOT_FOUND", `There is no entry with the token ${token}.`);
      }
      const { pocketGroupId, id, reversalOfId } = entry;
      const [reversedAmount, original] = await Promise.all([
        pocketEntryLoader.reversedAmount(context).load({ pocketGroupId, id }),
        reversalOfId === null
          ? null
          : pocketEntryLoader.byKey(context).load({ pocketGroupId, id: reversalOfId }),
      ]);
      return {
        ...attributesOf(pocketEntryRecord, { ...entry, reversedAmount }, ENTRY_NAMES),
        of_token: original?.token ?? null,
      };
    },
  });
  refuseOtherMethods(rest, "/pockets/:slug/entries/:token/", ["GET", "HEAD"]);
}

function tokensOf(items: readonly { readonly token: string }[]): string[] {
  return items.map(({ token }) => token);
}

/** The outcome of an item in the words of these paths. */
function outcomeOf(answer: ReturnType<typeof answerItems>[number]) {
  const { status, message, code, available, remaining, resetsAt, wasMadeBefore } = answer;
  return {
    status: status.toLowerCase(),
    message: inRestWords(message),
    ...{ code, available, remaining },
    resets_at: resetsAt === null ? null : writtenTime(resetsAt),
    was_made_before: wasMadeBefore,
  };
}
