import { Anchor } from "@mantine/core";
import { Link } from "wouter";
import type { ResultOf } from "../../api/graphql.js";
import { Facts, Section } from "../../components/facts.js";
import { Money, Status, Time } from "../../components/values.js";
import { AUTHORIZATIONS } from "../kinds.js";
import type { HELD } from "./fragments.js";

type HeldFunds = ResultOf<typeof HELD>;

/** What an authorization holds, and what became of it. */
export function HeldAmounts({ held }: { readonly held: HeldFunds }) {
  const money = (amount: number) => (
    <Money amount={amount} currency={held.currency} minorUnits={held.currencyMinorUnits} />
  );
  return (
    <Facts
      facts={{
        Status: <Status value={held.status} />,
        Authorized: <strong>{money(held.totalInCents)}</strong>,
        Captured: money(held.totalCapturedInCents),
        Released: money(held.totalReleasedInCents),
        Capturable: held.capturable ? money(held.totalCapturableInCents) : "Nothing now",
        "Capturable until": held.captureBefore === null ? null : <Time at={held.captureBefore} />,
        "Captured at": held.capturedAt === null ? null : <Time at={held.capturedAt} />,
      }}
    />
  );
}

/** The authorization that a charge captures, on the page of the charge. */
export function AuthorizationSection({ authorization }: { readonly authorization: HeldFunds }) {
  return (
    <Section title="Authorization">
      <HeldAmounts held={authorization} />
      <Anchor component={Link} href={AUTHORIZATIONS.of(authorization.id)} size="sm">
        Open the authorization
      </Anchor>
    </Section>
  );
}
