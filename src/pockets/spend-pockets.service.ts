import type { MerchantCaller } from "../callers/caller.js";
import type { Instant } from "../shared/instant.js";
import { parseUuidV7 } from "../shared/uuid.js";
import type { PocketPoster } from "./ledger/pocket-ledger.service.js";
import type { Posting } from "./ledger/posting.js";
import type { ItemResult } from "./ledger/item-result.js";
import { type PocketChargeRequest, readReason, readSpending } from "./pocket-charge.js";

/** One debit as a merchant sends it. */
export type PocketDebitRequest = PocketChargeRequest;

/** One reversal as a merchant sends it. */
export interface PocketReversalRequest {
  readonly token: string;
  /** The token of the charge or debit to take back. */
  readonly ofToken: string;
  /** All that is left of it if omitted. */
  readonly amount?: number | null | undefined;
  readonly reason?: string | null | undefined;
}

/** One hold as a merchant sends it. */
export interface PocketHoldRequest extends PocketChargeRequest {
  readonly expiresAt?: Instant | null | undefined;
}

/** One capture of a hold as a merchant sends it. */
export interface HoldCaptureRequest {
  readonly token: string;
  readonly holdToken: string;
  /** All that is left of the hold if omitted. */
  readonly amount?: number | null | undefined;
  readonly final?: boolean | null | undefined;
}

/**
 * Takes amounts out of pockets, gives them back, and reserves them. Each method takes 1 to 1,000 items of one group,
 * returns one result for each item in the given order, and throws as `PocketLedger.post`.
 */
export class SpendPockets {
  constructor(private readonly ledger: PocketPoster) {}

  debit(
    caller: MerchantCaller,
    slug: string,
    debits: readonly PocketDebitRequest[],
  ): Promise<ItemResult[]> {
    return this.ledger.post(caller, slug, {
      ...named("debit", "input.debits", debits),
      read: (region) =>
        debits.map((debit) => ({ kind: "DEBIT", ...readSpending(debit, region) }) as const),
    });
  }

  reverse(
    caller: MerchantCaller,
    slug: string,
    reversals: readonly PocketReversalRequest[],
  ): Promise<ItemResult[]> {
    return this.ledger.post(caller, slug, {
      ...named("reverse", "input.reversals", reversals),
      refersTo: tokensIn(reversals.map(({ ofToken }) => ofToken)),
      read: (_, pocketOf) =>
        reversals.map(({ token, ofToken: of, amount = null, reason }) => {
          const ofToken = parseUuidV7(of);
          const phoneNumber = ofToken === null ? null : pocketOf(ofToken);
          const sent = { token: parseUuidV7(token), amount, ...readReason(reason) };
          return { kind: "REVERSAL", phoneNumber, ofToken, ...sent } as const;
        }),
    });
  }

  hold(
    caller: MerchantCaller,
    slug: string,
    holds: readonly PocketHoldRequest[],
  ): Promise<ItemResult[]> {
    return this.ledger.post(caller, slug, {
      ...named("hold", "input.holds", holds),
      read: (region) =>
        holds.map(({ expiresAt = null, ...hold }) => {
          return { kind: "HOLD", expiresAt, ...readSpending(hold, region) } as const;
        }),
    });
  }

  capture(
    caller: MerchantCaller,
    slug: string,
    captures: readonly HoldCaptureRequest[],
  ): Promise<ItemResult[]> {
    return this.ledger.post(caller, slug, {
      ...named("capture", "input.captures", captures),
      refersTo: tokensIn(captures.map(({ holdToken }) => holdToken)),
      read: (_, pocketOf) =>
        captures.map(({ token, holdToken: of, amount = null, final }) => {
          const holdToken = parseUuidV7(of);
          const phoneNumber = holdToken === null ? null : pocketOf(holdToken);
          const sent = { token: parseUuidV7(token), amount, isFinal: final === true };
          return { kind: "CAPTURE", phoneNumber, holdToken, ...sent } as const;
        }),
    });
  }

  release(
    caller: MerchantCaller,
    slug: string,
    holdTokens: readonly string[],
  ): Promise<ItemResult[]> {
    return this.ledger.post(caller, slug, {
      ...named("release", "input.holdTokens", holdTokens),
      refersTo: tokensIn(holdTokens),
      read: (_, pocketOf) =>
        holdTokens.map((text) => {
          const holdToken = parseUuidV7(text);
          const phoneNumber = holdToken === null ? null : pocketOf(holdToken);
          return { kind: "RELEASE", token: null, phoneNumber, holdToken } as const;
        }),
    });
  }
}

function named(
  operation: Posting["operation"],
  argument: string,
  items: readonly unknown[],
): Omit<Posting, "read"> {
  return { operation, argument, count: items.length, refersTo: [] };
}

function tokensIn(texts: readonly string[]): Posting["refersTo"] {
  return [...new Set(texts.map(parseUuidV7))].filter((token) => token !== null);
}
