import { uuidv7 } from "uuidv7";
import { wantedBy } from "../../dist/pockets/ledger/item.js";
import { NO_METADATA } from "../../dist/shared/merchant-data.js";

/** Charges as they are written, except for their balances and sequences. */
export function prepareBatch({ pocketGroupId, merchantId }, batch) {
  const none = { reversalOfId: null, pocketHoldId: null, reference: null, note: null };
  const charges = batch.map((charge) => ({
    ...{ ...charge, pocketGroupId, merchantId, id: uuidv7(), kind: "CHARGE", balanceAfter: 0 },
    ...{ ...none, metadata: NO_METADATA, uniqueReference: null },
  }));
  return { charges, wanted: wantedBy([{ merchantId, items: charges }]) };
}

/**
 * Computes the balance after each charge, and its sequence.
 *
 * @returns the changes that the store writes.
 * @throws if a token was used before, because its charge would not be made.
 */
export function computeBalances(newEntries, { entries: used, pockets }) {
  if (used.length > 0) throw new Error(`${used.length} tokens were already used.`);
  const changedPockets = new Map();
  for (const charge of newEntries) {
    const { phoneNumber, amount } = charge;
    const pocket = changedPockets.get(phoneNumber) ??
      pockets.get(phoneNumber) ?? { balance: 0, heldAmount: 0, eventCount: 0 };
    charge.balanceAfter = pocket.balance + amount;
    charge.sequence = pocket.eventCount + 1;
    const changed = { balance: charge.balanceAfter, eventCount: charge.sequence };
    changedPockets.set(phoneNumber, { ...pocket, ...changed });
  }
  return { newEntries, newHolds: [], changedHolds: [], changedPockets };
}
