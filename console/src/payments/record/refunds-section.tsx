import { Anchor, Group, List, Text } from "@mantine/core";
import { Link } from "wouter";
import { useViewer } from "../../api/viewer.js";
import { DialogButton } from "../../components/dialog-button.js";
import { Section } from "../../components/facts.js";
import { Money, Name, Status, Time } from "../../components/values.js";
import { REFUNDS } from "../kinds.js";
import { REFUND_STATUS } from "../change/refund-status.js";
import { StatusDialog } from "../change/status-dialog.js";
import { UNDER_WAY } from "../transitions.js";
import type { Charge } from "./charge-query.js";
import { RefundToDo } from "./refund-to-do.js";

interface RefundsSectionProps {
  readonly charge: Charge;
  readonly reload: () => Promise<Charge | undefined>;
}

type Refund = Charge["paymentRefunds"]["nodes"][number];

/** The newest refunds of a charge, each with what must still be done for it. */
export function RefundsSection({ charge, reload }: RefundsSectionProps) {
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
            <RefundToDo refund={refund} />
            <SetStatus
              refund={refund}
              reload={async () =>
                (await reload())?.paymentRefunds.nodes.find(({ id }) => id === refund.id)
              }
            />
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

interface SetStatusProps {
  readonly refund: Refund;
  readonly reload: () => Promise<Refund | undefined>;
}

/** Records here, where the refund is seen first, that the provider has paid it. */
function SetStatus({ refund, reload }: SetStatusProps) {
  const { may } = useViewer();
  if (!may("PAYMENTS_WRITE") || !UNDER_WAY.includes(refund.status)) return null;
  return (
    <DialogButton label="Set the refund's status" size="xs" mt={4}>
      {(onClose) => (
        <StatusDialog kind={REFUND_STATUS} record={refund} reload={reload} onClose={onClose} />
      )}
    </DialogButton>
  );
}
