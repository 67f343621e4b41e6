import { uuidv7 } from "uuidv7";

/**
 * The variables of writes, different each time.
 *
 * @param {object} supply
 * @param {{ orderId: string, customerId: string }[]} supply.orders orders, which can be paid repeatedly.
 * @param {string[]} supply.toUpdate charges, each of which is updated once.
 */
export function variablesOf({ orders, toUpdate }) {
  const left = [...toUpdate];
  return {
    create: () => ({
      idempotencyKey: uuidv7(),
      ...orders[Math.floor(Math.random() * orders.length)],
    }),
    update: () => {
      const id = left.pop();
      if (id === undefined) throw new Error(`All ${toUpdate.length} charges were already updated.`);
      return { id };
    },
  };
}
