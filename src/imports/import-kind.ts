import type { ApiScope } from "../callers/api-scope.js";
import { type ValueOf, defineEnumeration } from "../shared/enumeration.js";

/** What the rows of a file are. */
export const ImportKind = defineEnumeration(
  "ImportKind",
  "What the rows of an imported file are.",
  {
    CHARGE: "Charges of pockets.",
    DEBIT: "Debits of pockets.",
  },
);
export type ImportKind = ValueOf<typeof ImportKind>;

/** How an import of a kind is named and permitted, as the mutation of the same kind is. */
interface KindRules {
  readonly scope: ApiScope;
  /** The operation in the audit trail. */
  readonly operation: string;
  /** The rows in messages, such as "charges". */
  readonly noun: string;
}

export const KIND_RULES: Readonly<Record<ImportKind, KindRules>> = {
  CHARGE: { scope: "POCKETS_CHARGE", operation: "importPocketCharges", noun: "charges" },
  DEBIT: { scope: "POCKETS_DEBIT", operation: "importPocketDebits", noun: "debits" },
};
