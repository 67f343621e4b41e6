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

/** Puts the balances on the charges. @returns what each pocket ends with. */
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

/** @throws when a token was used before: no charge would be made. */
export function requireNew(used) {
  if (used.length > 0) throw new Error(`${used.length} tokens are used already.`);
}
