import { uuidv7 } from "uuidv7";

/** Charges as they are written, but for their balances. */
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
 * Puts the balances on the charges.
 *
 * @returns what the store writes of them.
 * @throws when a token was used before: no charge would be made.
 */
export function addUp(newCharges, { charges: used, balances }) {
  if (used.length > 0) throw new Error(`${used.length} tokens are used already.`);
  const newBalances = new Map();
  for (const charge of newCharges) {
    const { phoneNumber, amount } = charge;
    const balance = newBalances.get(phoneNumber) ?? balances.get(phoneNumber) ?? 0;
    charge.balanceAfter = balance + amount;
    newBalances.set(phoneNumber, charge.balanceAfter);
  }
  return { newCharges, newBalances };
}
