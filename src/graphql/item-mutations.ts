/** The argument with the items of each mutation that takes many, by the mutation's name. */
export const ITEMS_OF = {
  chargePockets: ["input", "charges"],
  debitPockets: ["input", "debits"],
  reversePocketEntries: ["input", "reversals"],
  holdPockets: ["input", "holds"],
  captureHolds: ["input", "captures"],
  releaseHolds: ["input", "holdTokens"],
} as const;

/** A mutation whose cost is that of its items. An operation may have each of them once. */
export type ItemMutation = keyof typeof ITEMS_OF;
export const ITEM_MUTATIONS = Object.keys(ITEMS_OF) as ItemMutation[];

export function isItemMutation(name: string): name is ItemMutation {
  return Object.hasOwn(ITEMS_OF, name);
}

/** The payloads of these mutations, whose results are as many as the items. */
export function isItemPayload(typeName: string): boolean {
  return PAYLOADS.has(typeName);
}

const PAYLOADS: ReadonlySet<string> = new Set(
  ITEM_MUTATIONS.map((name) => `${name.charAt(0).toUpperCase()}${name.slice(1)}Payload`),
);
