import type { Problem } from "../../api/problems.js";
import { formatTime } from "../../shared/time.js";
import type { Group } from "../pocket-queries.js";
import { moneyText } from "../pocket-money.js";

/** The result of a charge, a debit, a hold, a capture, a release or a reversal. */
export interface ItemResult {
  readonly status: "SUCCESS" | "ERROR";
  readonly code: string | null;
  readonly message: string;
  readonly wasMadeBefore: boolean;
  readonly available?: number | null;
  readonly remaining: number | null;
  readonly resetsAt: string | null;
}

type Refusal = (result: ItemResult, group: Group) => Problem;

/** The server's own message, at a field of the form. */
const at =
  (field: string): Refusal =>
  ({ message }) => ({ field, message });

/** A message with amounts, which the server writes in minor units, in the digits of the currency. */
const ofAmount =
  (text: (money: (amount: number | null) => string, result: ItemResult, group: Group) => string) =>
  (result: ItemResult, group: Group): Problem => ({
    field: "amount",
    message: text((amount) => moneyText(amount ?? 0, group), result, group),
  });

/** Where each refusal belongs. The dialog itself shows all others. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  INVALID_PHONE_NUMBER: at("phoneNumber"),
  POCKET_NOT_FOUND: at("phoneNumber"),
  REFERENCE_TAKEN: at("reference"),
  INVALID_EXPIRY: () => ({ field: "expiresAt", message: "The time must be in the future." }),
  INVALID_AMOUNT: at("amount"),
  INSUFFICIENT_FUNDS: ofAmount(
    (money, { available }) => `Only ${money(available ?? 0)} is available.`,
  ),
  BELOW_MIN_CHARGE_AMOUNT: ofAmount(
    (money, _, { minChargeAmount }) => `A charge is at least ${money(minChargeAmount)}.`,
  ),
  ABOVE_MAX_CHARGE_AMOUNT: ofAmount(
    (money, _, { maxChargeAmount }) => `A charge is at most ${money(maxChargeAmount)}.`,
  ),
  BELOW_MIN_DEBIT_AMOUNT: ofAmount(
    (money, _, { minDebitAmount }) => `The amount must be at least ${money(minDebitAmount)}.`,
  ),
  ABOVE_MAX_DEBIT_AMOUNT: ofAmount(
    (money, _, { maxDebitAmount }) => `The amount must be at most ${money(maxDebitAmount)}.`,
  ),
  ABOVE_MAX_POCKET_BALANCE: ofAmount((money, _, { maxPocketBalance }) =>
    maxPocketBalance === null
      ? "The balance would be too large."
      : `The balance of a pocket is at most ${money(maxPocketBalance)}.`,
  ),
  ABOVE_REVERSIBLE_AMOUNT: ofAmount(
    (money, { remaining }) => `Only ${money(remaining)} is left to reverse.`,
  ),
  ABOVE_HELD_AMOUNT: ofAmount(
    (money, { remaining }) => `Only ${money(remaining)} is left of the hold.`,
  ),
  ABOVE_PERIOD_LIMIT: ofAmount((money, { remaining, resetsAt }) => {
    const until = resetsAt === null ? "" : ` until ${formatTime(resetsAt)}`;
    return `The group's limits over time leave ${money(remaining)}${until}.`;
  }),
  TOKEN_CONFLICT: () => ({
    field: null,
    message:
      "An earlier attempt was made with other values. Close this, and look at the statement.",
  }),
};

/** The text of a refusal of an amount, with the numbers of the result that it needs. */
export function refusalTextOf(
  code: string,
  group: Group,
  numbers: Pick<Partial<ItemResult>, "available" | "remaining"> = {},
): string | undefined {
  const refused = { status: "ERROR", code, message: "", wasMadeBefore: false } as const;
  return refusalsOf({ ...refused, remaining: null, resetsAt: null, ...numbers }, group)[0]?.message;
}

/** Why an item was refused; empty if it was done, now or by an earlier attempt. */
export function refusalsOf(result: ItemResult | undefined, group: Group): Problem[] {
  if (result === undefined) return [{ field: null, message: "The server returned no result." }];
  if (result.status === "SUCCESS" || result.wasMadeBefore) return [];
  const refusal = REFUSALS[result.code ?? ""];
  return [refusal ? refusal(result, group) : { field: null, message: result.message }];
}
