import { Anchor, Group, List, Text } from "@mantine/core";
import { Link } from "wouter";
import { Section } from "../../components/facts.js";
import { Money, Name, Status, Time } from "../../components/values.js";
import { REFUNDS } from "../kinds.js";
import type { Charge } from "./charge-query.js";

/** The newest refunds of a charge. */
export function RefundsSection({ charge }: { readonly charge: Charge }) {
  const { nodes, pageInfo } = charge.paymentRefunds;
  return (
    <Section title="Refunds">
      {nodes.length === 0 && (
        <Text size="sm" c="dimmed">
          The charge has no refunds.
        </Text>
      )}
      <List listStyleType="none" spacing="xs">
        {nodes.map((refund) => (
          <List.Item key={refund.id}>
            <Group gap="xs">
              <Anchor component={Link} href={REFUNDS.of(refund.id)} size="sm">
                <Money
                  amount={refund.totalInCents}
                  currency={refund.currency}
                  minorUnits={refund.currencyMinorUnits}
                />
              </Anchor>
              <Status value={refund.status} />
              <Text size="xs" c="dimmed">
                <Time at={refund.createdAt} />
              </Text>
            </Group>
            {refund.reason !== null && (
              <Text size="sm">
                <Name>{refund.reason}</Name>
              </Text>
            )}
          </List.Item>
        ))}
      </List>
      {pageInfo.hasNextPage && (
        <Anchor component={Link} href={`${REFUNDS.list}?charge=${charge.id}`} size="sm">
          All refunds of the charge
        </Anchor>
      )}
    </Section>
  );
}
