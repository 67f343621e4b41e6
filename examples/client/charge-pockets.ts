import type { ResultOf } from "gql.tada";
import { uuidv7 } from "uuidv7";
import { graphql } from "./graphql.js";
import { type Server, request } from "./request.js";
import { type RetryOptions, withRetries } from "./retry.js";

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

/** One charge to make. Its token identifies it permanently. */
export interface Charge {
  readonly token: string;
  readonly phoneNumber: string;
  /** In the minor unit of the group's currency. */
  readonly amount: number;
}

/** The outcome of a charge. */
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

/**
 * Creates a charge with a new token. Store it with your order before you send it, so that you can send the same
 * charge again after a crash. A new token would make a second charge.
 */
export function newCharge(phoneNumber: string, amount: number): Charge {
  return { token: uuidv7(), phoneNumber, amount };
}

/**
 * Charges up to 1,000 pockets. If the response is lost, sends the same request again after a growing delay. If a
 * rate limit is exceeded, first waits as long as the server says. No charge is made twice, because each keeps its
 * token.
 *
 * @returns the outcome of each charge, in the given order.
 * @throws RequestError if the whole request is refused, and after the last attempt. After the last attempt, the
 *   charges may or may not have been made: send the same charges again later, which is safe.
 */
export async function chargePockets(
  server: Server,
  pocketGroupSlug: string,
  charges: readonly Charge[],
  options: RetryOptions = {},
): Promise<ChargeOutcome[]> {
  // Send only these fields: the caller's objects may have others, and GraphQL refuses unknown fields.
  const items = charges.map(({ token, phoneNumber, amount }) => ({ token, phoneNumber, amount }));
  const variables = { input: { pocketGroupSlug, charges: items } };
  const { chargePockets } = await withRetries(
    () => request(server, CHARGE_POCKETS, variables, options.signal),
    options,
  );
  return chargePockets.results.map((result, index) => outcomeOf(result, charges[index]));
}

/**
 * DUPLICATE_TOKEN means that a charge with this token, phone number and amount already exists. The token was created
 * for this charge only, so an earlier attempt made it and its response was lost. `pocketCharge` is null if another
 * merchant used the token; then this charge was not made.
 *
 * TOKEN_CONFLICT means that this charge was not made: the token belongs to a different charge. Either the charge was
 * changed after it was sent, or two charges got the same token.
 */
function outcomeOf(result: Result, charge: Charge | undefined): ChargeOutcome {
  if (charge === undefined)
    throw new Error("The server returned more results than charges were sent.");
  const { status, code, message, pocketCharge } = result;
  const isDone = status === "SUCCESS" || code === "DUPLICATE_TOKEN";
  return isDone && pocketCharge
    ? { isDone: true, charge, pocketCharge }
    : { isDone: false, charge, code, message };
}
