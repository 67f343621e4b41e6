import { Facts, Section } from "../../components/facts.js";
import { Money, Status } from "../../components/values.js";
import { type Charge, leftInWords } from "./charge-query.js";

/** What the charge is worth, and what of it was refunded, is being refunded and can be refunded. */
export function ChargeAmounts({ charge }: { readonly charge: Charge }) {
  const { currency, currencyMinorUnits, depositInCents } = charge;
  const money = (amount: number | string) => (
    <Money amount={amount} currency={currency} minorUnits={currencyMinorUnits} />
  );
  const underWay = charge.underWay.aggregate.sum.totalInCents ?? "0";
  const hasDeposit = depositInCents > 0;
  return (
    <Section title="Amounts">
      <Facts
        facts={{
          Status: <Status value={charge.status} />,
          Amount: hasDeposit ? money(charge.amountInCents) : null,
          Deposit: hasDeposit ? money(depositInCents) : null,
          Total: <strong>{money(charge.totalInCents)}</strong>,
          Refunded: money(charge.totalRefundedInCents),
          "Refunds under way": underWay === "0" ? null : money(underWay),
          "Left to refund": charge.status === "SUCCEEDED" ? leftInWords(charge) : null,
        }}
      />
    </Section>
  );
}
