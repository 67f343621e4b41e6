import { uuidv7 } from "uuidv7";

/**
 * The variables of writes, other ones each time.
 *
 * @param {object} supply
 * @param {{ orderId: string, customerId: string }[]} supply.orders any of them may be paid again.
 * @param {string[]} supply.toUpdate the charges to be updated, each once.
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
      if (id === undefined) throw new Error(`All ${toUpdate.length} charges are updated already.`);
      return { id };
    },
  };
}
