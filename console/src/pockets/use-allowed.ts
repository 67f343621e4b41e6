import { useViewer } from "../api/viewer.js";
import { refusesReversal, reversibleAmountOf } from "./entry.js";
import { refusesDebits } from "./freeze.js";
import type { Entry, Group, Hold, Pocket } from "./pocket-queries.js";

/** What the token may do with a pocket. */
export interface Allowed {
  readonly charge: boolean;
  readonly debit: boolean;
  readonly freeze: boolean;
  readonly reverse: (entry: Entry) => boolean;
  readonly capture: (hold: Hold) => boolean;
  readonly release: (hold: Hold) => boolean;
}

/** Whether the buttons are offered depends on the scopes. Only the merchant that made an entry or a hold can change it. */
export function useAllowed(pocket: Pocket, group: Group): Allowed {
  const { may, merchant, isOperator } = useViewer();
  const { freezeScope } = pocket;
  const mayDebit = may("POCKETS_DEBIT") && group.isActive;
  const mayReverse = may("POCKETS_REVERSE") && group.isActive;
  const isOwn = (made: Entry | Hold): boolean => made.merchant.id === merchant?.id;
  return {
    charge: may("POCKETS_CHARGE") && group.isActive,
    debit: mayDebit,
    freeze: mayDebit || isOperator,
    reverse: (entry) =>
      mayReverse &&
      isOwn(entry) &&
      reversibleAmountOf(entry) > 0 &&
      !refusesReversal(entry, freezeScope),
    capture: (hold) => mayDebit && isOwn(hold) && !refusesDebits(freezeScope),
    release: (hold) => mayDebit && isOwn(hold),
  };
}
