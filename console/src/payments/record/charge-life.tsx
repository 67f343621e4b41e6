import { formatMoney } from "../../shared/money.js";
import { AUTHORIZATIONS, REFUNDS } from "../kinds.js";
import type { Charge } from "./charge-query.js";
import { Life, type LifeEvent, changesOf } from "./timeline.js";

/** The life of a charge, with its refunds and its capture in between. */
export function ChargeLife({ charge }: { readonly charge: Charge }) {
  const { statusHistory, paymentRefunds } = charge;
  const refunds = paymentRefunds.nodes.flatMap((refund) => {
    const { totalInCents, currency, currencyMinorUnits } = refund;
    const amount = formatMoney(totalInCents, currency, currencyMinorUnits);
    return changesOf(`Refund of ${amount}`, refund.statusHistory.nodes, REFUNDS.of(refund.id));
  });
  return (
    <Life
      events={[...changesOf("Charge", statusHistory.nodes), ...captureOf(charge), ...refunds]}
      hasMore={statusHistory.pageInfo.hasNextPage || paymentRefunds.pageInfo.hasNextPage}
    />
  );
}

/** A charge with the mode Capture has captured its authorization when it succeeded first. */
function captureOf({ mode, statusHistory, paymentAuthorization }: Charge): LifeEvent[] {
  const hasSucceeded = statusHistory.nodes.some(({ to }) => to === "SUCCEEDED");
  if (mode !== "CAPTURE" || !hasSucceeded || !paymentAuthorization?.capturedAt) return [];
  const { id, capturedAt, currency, currencyMinorUnits } = paymentAuthorization;
  const money = (amount: number) => formatMoney(amount, currency, currencyMinorUnits);
  const captured = money(paymentAuthorization.totalCapturedInCents);
  const released = paymentAuthorization.totalReleasedInCents;
  const rest = released === 0 ? "" : `, and released ${money(released)}`;
  const text = `Captured ${captured} of the authorization${rest}`;
  return [{ at: capturedAt, text, by: null, link: AUTHORIZATIONS.of(id) }];
}
