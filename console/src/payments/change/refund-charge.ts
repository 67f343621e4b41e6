import { graphql } from "../../api/graphql.js";
import { formatMoney, parseMoney } from "../../shared/money.js";
import { wordsOf } from "../../shared/words.js";
import { type Charge, leftOf } from "../record/charge-query.js";

export const REFUND_CHARGE = graphql(`
  mutation CreatePaymentRefund($input: CreatePaymentRefundInput!) {
    createPaymentRefund(input: $input) {
      paymentRefund {
        id
        paymentCharge {
          id
        }
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export type RefundProvider = Charge["provider"];

/** What the person entered. */
export interface RefundForm {
  readonly amount: string;
  readonly deposit: string;
  readonly provider: RefundProvider;
  readonly reason: string;
}

/** The amounts of a form, and what is wrong with them. */
export interface CheckedRefund {
  readonly amount: number;
  readonly deposit: number;
  readonly amountError: string | undefined;
  readonly depositError: string | undefined;
  readonly canRun: boolean;
}

/** Checks a form against what is left of the charge. The server checks it again, under its locks. */
export function checkRefund(charge: Charge, form: RefundForm): CheckedRefund {
  const left = leftOf(charge);
  const amount = amountOf(form.amount, charge);
  const deposit = amountOf(form.deposit, charge);
  const amountError = overOf(charge, amount, left.amount, "amount");
  const depositError = overOf(charge, deposit, left.deposit, "deposit");
  return {
    amount: amount ?? 0,
    deposit: deposit ?? 0,
    amountError,
    depositError,
    canRun:
      amount !== null &&
      deposit !== null &&
      amount + deposit > 0 &&
      amountError === undefined &&
      depositError === undefined,
  };
}

/** Who moves the money: not Pocketcharge. */
export function introOf({ provider }: RefundForm): string {
  return provider === "NONE"
    ? "Pocketcharge records the refund. Return the money yourself, such as in cash."
    : "Pocketcharge records the refund. Send the money at the payment provider.";
}

/** What will be recorded, with the amounts. */
export function effectOf(charge: Charge, form: RefundForm, checked: CheckedRefund): string {
  if (!checked.canRun) return "Enter what to refund.";
  const total = checked.amount + checked.deposit;
  const left = leftOf(charge);
  const rest = left.amount + left.deposit - total;
  const to = charge.customer ? ` to ${charge.customer.name}` : "";
  const after = `Then ${moneyOf(charge, rest)} of the charge is left to refund.`;
  const all = charge.depositInCents > 0 ? `${partsOf(charge, checked)} ` : "";
  if (form.provider === "NONE") {
    return `${all}Records that ${moneyOf(charge, total)} was returned${to} without a provider. The refund is recorded as succeeded. ${after}`;
  }
  return `${all}Records a refund of ${moneyOf(charge, total)}${to} by ${wordsOf(form.provider)} as created. Your integration or a person sets it to succeeded when the provider has paid it. ${after}`;
}

/** Says that the refund was recorded, on the page of the charge. */
export function doneOf(charge: Charge, form: RefundForm, checked: CheckedRefund): string {
  const total = moneyOf(charge, checked.amount + checked.deposit);
  const to = charge.customer ? ` to ${charge.customer.name}` : "";
  if (form.provider === "NONE") return `The refund of ${total}${to} is recorded as succeeded.`;
  return `The refund of ${total}${to} is recorded as created. Set it to succeeded when the provider has paid it.`;
}

function partsOf(charge: Charge, { amount, deposit }: CheckedRefund): string {
  const all = moneyOf(charge, amount + deposit);
  const parts = `${moneyOf(charge, amount)} of the amount and ${moneyOf(charge, deposit)} of the deposit`;
  return `${all} in all: ${parts}.`;
}

export function moneyOf(charge: Charge, amount: number): string {
  return formatMoney(amount, charge.currency, charge.currencyMinorUnits);
}

/** Nothing entered is nothing to refund. Null if the text is no amount. */
function amountOf(text: string, { currencyMinorUnits }: Charge): number | null {
  return text.trim() === "" ? 0 : parseMoney(text, currencyMinorUnits);
}

function overOf(
  charge: Charge,
  amount: number | null,
  left: number,
  noun: string,
): string | undefined {
  if (amount === null || amount <= left) return undefined;
  return `Only ${moneyOf(charge, left)} of the ${noun} is left to refund.`;
}
