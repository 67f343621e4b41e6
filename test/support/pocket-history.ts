import { expect } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import type { GraphqlClient } from "./graphql-client.js";
import { charge, chargePockets } from "./pockets.js";

/** A record of a pocket: its id, and the token with which it was made. */
export interface PocketItem {
  readonly id: string;
  readonly token: string;
}

/** One record of each kind, all of one merchant and one pocket. */
export interface PocketHistory {
  readonly charge: PocketItem;
  readonly debit: PocketItem;
  /** Takes back a part of the debit. */
  readonly reversal: PocketItem;
  /** Open, and captured in part. */
  readonly hold: PocketItem;
  /** The debit that the capture has made. */
  readonly capture: PocketItem;
}

const SPEND = `mutation Spend(
  $debit: DebitPocketsInput!, $hold: HoldPocketsInput!
  $reversal: ReversePocketEntriesInput!, $capture: CaptureHoldsInput!
) {
  debit: debitPockets(input: $debit) { results { code made: pocketEntry { id token } } }
  hold: holdPockets(input: $hold) { results { code made: pocketHold { id token } } }
  reversal: reversePocketEntries(input: $reversal) { results { code made: pocketEntry { id token } } }
  capture: captureHolds(input: $capture) { results { code made: pocketEntry { id token } } }
}`;

type Spent = Record<
  Exclude<keyof PocketHistory, "charge">,
  { readonly results: readonly { readonly code: string | null; readonly made: PocketItem }[] }
>;

/** Charges, debits and holds a pocket, takes back a part of the debit and captures a part of the hold. */
export async function createPocketHistory(
  server: GraphqlClient,
  token: string,
  pocketGroupSlug: string,
  phoneNumber: string,
): Promise<PocketHistory> {
  const [charged] = await chargePockets(server, token, pocketGroupSlug, [charge({ phoneNumber })]);
  const [debit, hold] = [newId(), newId()];
  const spent = await server.ask<Spent>(token, SPEND, {
    debit: { pocketGroupSlug, debits: [{ token: debit, phoneNumber, amount: 100 }] },
    hold: { pocketGroupSlug, holds: [{ token: hold, phoneNumber, amount: 1_000 }] },
    reversal: {
      pocketGroupSlug,
      reversals: [{ token: newId(), ofToken: debit, amount: 1, reason: "A return" }],
    },
    capture: { pocketGroupSlug, captures: [{ token: newId(), holdToken: hold, amount: 10 }] },
  });
  const items = Object.entries(spent).map(([kind, { results }]) => {
    expect(results, kind).toMatchObject([{ code: null }]);
    return [kind, results[0]!.made];
  });
  const made = Object.fromEntries(items) as Record<keyof Spent, PocketItem>;
  return { charge: charged!.pocketCharge!, ...made };
}
