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

/** Sets the balances of the charges. @returns the final balance of each pocket. */
export function addUp(charges, locked) {
  const balances = new Map();
  for (const charge of charges) {
    const { phoneNumber, amount } = charge;
    const balance = balances.get(phoneNumber) ?? locked.get(phoneNumber) ?? 0;
    charge.balanceAfter = balance + amount;
    balances.set(phoneNumber, charge.balanceAfter);
  }
  return balances;
}

/** @throws if a token was used before, because no charge would be made. */
export function requireNew(used) {
  if (used.length > 0) throw new Error(`${used.length} tokens are used already.`);
}
