import { uuidv7 } from "uuidv7";
import { graphql } from "./graphql.js";
import { type Server, request } from "./request.js";
import { type RetryOptions, withRetries } from "./retry.js";

const HOLD = graphql(`
  mutation Hold($input: HoldPocketsInput!) {
    step: holdPockets(input: $input) {
      results {
        status
        code
        message
        wasMadeBefore
        available
        remaining
      }
    }
  }
`);

const CAPTURE = graphql(`
  mutation Capture($input: CaptureHoldsInput!) {
    step: captureHolds(input: $input) {
      results {
        status
        code
        message
        wasMadeBefore
        available
        remaining
      }
    }
  }
`);

const RELEASE = graphql(`
  mutation Release($input: ReleaseHoldsInput!) {
    step: releaseHolds(input: $input) {
      results {
        status
        code
        message
        wasMadeBefore
        available
        remaining
      }
    }
  }
`);

const REVERSE = graphql(`
  mutation Reverse($input: ReversePocketEntriesInput!) {
    step: reversePocketEntries(input: $input) {
      results {
        status
        code
        message
        wasMadeBefore
        available
        remaining
      }
    }
  }
`);

/** A purchase that is paid from a pocket. Each token identifies one step permanently. */
export interface Checkout {
  readonly holdToken: string;
  readonly captureToken: string;
  readonly phoneNumber: string;
  /** In the minor unit of the group's currency. */
  readonly amount: number;
  /** The time until which the amount is reserved. */
  readonly expiresAt: string;
}

/** What to give back of a purchase. */
export interface Refund {
  readonly token: string;
  readonly amount: number;
  readonly reason: string;
}

/** The outcome of a step. */
export type StepOutcome =
  | {
      readonly isDone: true;
      /** What can be spent from the pocket; null if an earlier attempt made the step. */
      readonly available: number | null;
    }
  | {
      readonly isDone: false;
      readonly code: string | null;
      readonly message: string;
      readonly available: number | null;
      /** What is left of the hold or the payment, if the amount exceeds it. */
      readonly remaining: number | null;
    };

/** The tokens and the expiry of a purchase. Store them with your order before you send the first step. */
export function newCheckout(phoneNumber: string, amount: number, minutes = 15): Checkout {
  const expiresAt = new Date(Date.now() + minutes * 60_000).toISOString();
  return { holdToken: uuidv7(), captureToken: uuidv7(), phoneNumber, amount, expiresAt };
}

/** Store it with your order before you send it. A new token would give the amount back a second time. */
export function newRefund(amount: number, reason: string): Refund {
  return { token: uuidv7(), amount, reason };
}

/**
 * The steps of purchases in one pocket group. Each retries lost responses and is never made twice, because its token
 * stays the same.
 *
 * All methods throw a RequestError if the request is refused as a whole, and after the last attempt. Then call the
 * method again later, with the same tokens.
 */
export class Checkouts {
  constructor(
    private readonly server: Server,
    private readonly pocketGroupSlug: string,
    private readonly options: RetryOptions = {},
  ) {}

  /** Reserves the amount, when the customer orders. */
  reserve({ holdToken: token, phoneNumber, amount, expiresAt }: Checkout): Promise<StepOutcome> {
    const hold = { token, phoneNumber, amount, expiresAt };
    return this.send((signal) =>
      request(this.server, HOLD, { input: { ...this.group, holds: [hold] } }, signal),
    );
  }

  /** Takes the amount, or a part of it, when the order is shipped. What is left becomes available again. */
  pay(
    { captureToken: token, holdToken }: Checkout,
    amount: number | null = null,
  ): Promise<StepOutcome> {
    const capture = { token, holdToken, amount, final: true };
    return this.send((signal) =>
      request(this.server, CAPTURE, { input: { ...this.group, captures: [capture] } }, signal),
    );
  }

  /** Makes the amount available again, if the order is canceled before it is paid. */
  cancel({ holdToken }: Checkout): Promise<StepOutcome> {
    return this.send((signal) =>
      request(this.server, RELEASE, { input: { ...this.group, holdTokens: [holdToken] } }, signal),
    );
  }

  /** Gives back a part of what was paid, or all of it. */
  refund({ captureToken: ofToken }: Checkout, refund: Refund): Promise<StepOutcome> {
    const { token, amount, reason } = refund;
    const reversal = { token, ofToken, amount, reason };
    return this.send((signal) =>
      request(this.server, REVERSE, { input: { ...this.group, reversals: [reversal] } }, signal),
    );
  }

  private get group(): { readonly pocketGroupSlug: string } {
    return { pocketGroupSlug: this.pocketGroupSlug };
  }

  private async send(
    step: (signal: AbortSignal | undefined) => Promise<StepData>,
  ): Promise<StepOutcome> {
    const { signal } = this.options;
    const { step: payload } = await withRetries(() => step(signal), this.options);
    const [result] = payload.results;
    if (result === undefined) throw new Error("The server returned no result.");
    return outcomeOf(result);
  }
}

interface Result {
  readonly status: string;
  readonly code: string | null;
  readonly message: string;
  readonly wasMadeBefore: boolean;
  readonly available: number | null;
  readonly remaining: number | null;
}

interface StepData {
  readonly step: { readonly results: readonly Result[] };
}

/** `wasMadeBefore` means that an earlier attempt made this step, and its response was lost. */
function outcomeOf({ status, wasMadeBefore, ...result }: Result): StepOutcome {
  const { code, message, available, remaining } = result;
  return status === "SUCCESS" || wasMadeBefore
    ? { isDone: true, available }
    : { isDone: false, code, message, available, remaining };
}
