import { Money } from "../components/values.js";
import { type MinorUnits, formatMoney } from "../shared/money.js";
import type { Group } from "./pocket-queries.js";

type Currency = Pick<Group, "currency" | "currencyMinorUnits">;

interface PocketMoneyProps {
  readonly amount: MinorUnits;
  readonly group: Currency;
}

/** An amount in the currency of a pocket group. */
export function PocketMoney({ amount, group }: PocketMoneyProps) {
  return <Money amount={amount} currency={group.currency} minorUnits={group.currencyMinorUnits} />;
}

/** The same as text. */
export function moneyText(amount: MinorUnits, group: Currency): string {
  return formatMoney(amount, group.currency, group.currencyMinorUnits);
}
