import { setTimeout as sleep } from "node:timers/promises";
import type { ResultOf } from "gql.tada";
import { uuidv7 } from "uuidv7";
import { graphql } from "./graphql.js";
import { RequestError, type Server, request } from "./request.js";

const CHARGE_POCKETS = graphql(`
  mutation ChargePockets($input: ChargePocketsInput!) {
    chargePockets(input: $input) {
      results {
        status
        code
        message
        pocketCharge {
          id
          balanceAfter
          createdAt
        }
      }
    }
  }
`);

type Result = ResultOf<typeof CHARGE_POCKETS>["chargePockets"]["results"][number];

/** One charge to make, known by its token for ever. */
export interface Charge {
  readonly token: string;
  readonly phoneNumber: string;
  /** In the minor unit of the group's currency. */
  readonly amount: number;
}

/** What became of a charge. */
export type ChargeOutcome =
  | {
      readonly isDone: true;
      readonly charge: Charge;
      readonly pocketCharge: NonNullable<Result["pocketCharge"]>;
    }
  | {
      readonly isDone: false;
      readonly charge: Charge;
      readonly code: Result["code"];
      readonly message: string;
    };

export interface ChargeOptions {
  /** How often the request is sent at most; 6 times when left out. */
  readonly maxTries?: number;
  /** The longest pause after the first try, doubled after each; 250 ms when left out. */
  readonly pauseMs?: number;
  readonly signal?: AbortSignal;
}

const MAX_PAUSE_MS = 10_000;

/**
 * Decides on a charge. Store it with your order before you send it: after a crash you then send the
 * very same charge again, where a new token would make a second one.
 */
export function newCharge(phoneNumber: string, amount: number): Charge {
  return { token: uuidv7(), phoneNumber, amount };
}

/**
 * Charges up to 1,000 pockets. When the answer gets lost, the same request is sent again, with pauses
 * that grow; and when it is more than the token may charge at the moment, after as long as the server
 * says. Nothing is ever charged twice, since every charge keeps the token that it came with.
 *
 * @returns what became of each charge, in the order given.
 * @throws RequestError when the request is refused as a whole, and after the last try. After the last
 *   try it is open what was made: send the same charges again later, they are safe to repeat.
 */
export async function chargePockets(
  server: Server,
  pocketGroupSlug: string,
  charges: readonly Charge[],
  { maxTries = 6, pauseMs = 250, signal }: ChargeOptions = {},
): Promise<ChargeOutcome[]> {
  // What else a caller's records hold is not sent: GraphQL refuses fields that it does not know.
  const items = charges.map(({ token, phoneNumber, amount }) => ({ token, phoneNumber, amount }));
  const variables = { input: { pocketGroupSlug, charges: items } };
  for (let tries = 1; ; tries++) {
    let waitMs: number;
    try {
      const { chargePockets } = await request(server, CHARGE_POCKETS, variables, signal);
      return chargePockets.results.map((result, index) => outcomeOf(result, charges[index]));
    } catch (error) {
      const isWorthRepeating = error instanceof RequestError && error.isTemporary;
      if (!isWorthRepeating || tries >= maxTries) throw error;
      waitMs = (error.retryAfterSeconds ?? 0) * 1_000;
    }
    // A random pause, so that all who lost their answers to one failure do not come back at once.
    const longest = Math.min(pauseMs * 2 ** (tries - 1), MAX_PAUSE_MS);
    await sleep(waitMs + Math.random() * longest, undefined, signal ? { signal } : {});
  }
}

/**
 * DUPLICATE_TOKEN means that a charge with this token, phone number and amount is there, and that this
 * request did not make it a second time. Its token was made for this charge alone, so it is this very
 * charge, made by a try whose answer got lost. `pocketCharge` is there only when it is our own: without
 * it, somebody else has used the token, and nothing of ours was made.
 *
 * TOKEN_CONFLICT is never done: the token has made another charge, so a charge was changed after it
 * was sent, or two charges were given one token.
 */
function outcomeOf(result: Result, charge: Charge | undefined): ChargeOutcome {
  if (charge === undefined) throw new Error("The server answered more charges than were sent.");
  const { status, code, message, pocketCharge } = result;
  const isDone = status === "SUCCESS" || code === "DUPLICATE_TOKEN";
  return isDone && pocketCharge
    ? { isDone: true, charge, pocketCharge }
    : { isDone: false, charge, code, message };
}
