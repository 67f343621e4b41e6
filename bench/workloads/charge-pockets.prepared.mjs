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
    const balance = balances.get(phoneNumber) ?? locked.get(phoneNumber);
    charge.balanceAfter = balance + amount;
    balances.set(phoneNumber, charge.balanceAfter);
  }
  return balances;
}

/** @throws when what was found is not what a new batch on pockets that are there finds. */
export function requireNew({ phoneNumbers }, { locked, used }) {
  if (used.length > 0) throw new Error(`${used.length} tokens are used already.`);
  if (locked.size < phoneNumbers.length) throw new Error("A pocket is missing.");
}
