import { type ValueOf, defineEnumeration } from "../../shared/enumeration.js";

export const PocketFreeze = defineEnumeration(
  "PocketFreeze",
  "Which changes of a pocket are refused.",
  {
    NONE: "The pocket is not frozen.",
    CREDITS: "Charges and reversals of debits are refused: nothing is added.",
    DEBITS: "Debits, holds, captures and reversals of charges are refused: nothing is taken out.",
    BOTH: "Every charge, debit, reversal, hold and capture is refused. Holds can be released.",
  },
);
export type PocketFreeze = ValueOf<typeof PocketFreeze>;

/** Whether nothing may be added to the pocket. */
export function freezesCredits(freeze: PocketFreeze): boolean {
  return freeze === "CREDITS" || freeze === "BOTH";
}

/** Whether nothing may be taken out of the pocket. */
export function freezesDebits(freeze: PocketFreeze): boolean {
  return freeze === "DEBITS" || freeze === "BOTH";
}
