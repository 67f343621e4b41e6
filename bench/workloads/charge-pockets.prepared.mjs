import { uuidv7 } from "uuidv7";

/** Charges as they are written, except for their balances. */
export function prepareBatch({ pocketGroupId, merchantId }, batch) {
  const charges = batch.map((charge) => ({
    ...charge,
    pocketGroupId,
    merchantId,
    id: uuidv7(),
    balanceAfter: 0,
  }));
  return {
    charges,
    phoneNumbers: [...new Set(charges.map(({ phoneNumber }) => phoneNumber))],
    tokens: charges.map(({ token }) => token),
  };
}

/**
 * Computes the balance after each charge.
 *
 * @returns the charges and balances that the store writes.
 * @throws if a token was used before, because its charge would not be made.
 */
export function computeBalances(newCharges, { charges: used, balances }) {
  if (used.length > 0) throw new Error(`${used.length} tokens were already used.`);
  const newBalances = new Map();
  for (const charge of newCharges) {
    const { phoneNumber, amount } = charge;
    const balance = newBalances.get(phoneNumber) ?? balances.get(phoneNumber) ?? 0;
    charge.balanceAfter = balance + amount;
    newBalances.set(phoneNumber, charge.balanceAfter);
  }
  return { newCharges, newBalances };
}
