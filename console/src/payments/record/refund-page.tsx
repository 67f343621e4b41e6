import { Anchor, SimpleGrid, Stack, Text } from "@mantine/core";
import { Link, useParams } from "wouter";
import { useOperation } from "../../api/use-operation.js";
import { Facts, Section } from "../../components/facts.js";
import { Page } from "../../components/page.js";
import { Money, Name, Status } from "../../components/values.js";
import { formatMoney } from "../../shared/money.js";
import { CHARGES } from "../kinds.js";
import { DetailsSection, MetadataSection } from "./details.js";
import { CustomerSection, OrderSection } from "./people.js";
import { RecordPage } from "./record-page.js";
import { RefundToDo } from "./refund-to-do.js";
import { RefundActions } from "./refund-actions.js";
import { REFUND, type Refund } from "./refund-query.js";
import { Life, changesOf } from "./timeline.js";

export default function RefundPage() {
  const { id } = useParams<{ id: string }>();
  return <RefundOf key={id} id={id} />;
}

function RefundOf({ id }: { readonly id: string }) {
  const operation = useOperation(REFUND, { id });
  const reload = async (): Promise<Refund | undefined> =>
    (await operation.reload())?.paymentRefund ?? undefined;
  return (
    <RecordPage id={id} name="Refund" operation={operation} record={operation.data?.paymentRefund}>
      {(refund) => (
        <Page
          title={`Refund of ${formatMoney(refund.totalInCents, refund.currency, refund.currencyMinorUnits)}`}
          actions={<RefundActions refund={refund} reload={reload} />}
        >
          <RefundContent refund={refund} />
        </Page>
      )}
    </RecordPage>
  );
}

function RefundContent({ refund }: { readonly refund: Refund }) {
  const { statusHistory, reason, failureReason } = refund;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Stack>
        <RefundAmounts refund={refund} />
        <RefundedCharge charge={refund.paymentCharge} />
        <Life
          events={changesOf("Refund", statusHistory.nodes)}
          hasMore={statusHistory.pageInfo.hasNextPage}
        />
      </Stack>
      <Stack>
        <CustomerSection customer={refund.customer} />
        <OrderSection order={refund.order} />
        <DetailsSection
          record={refund}
          more={{
            Reason: reason && <Name>{reason}</Name>,
            "Reason of the failure": failureReason && <Name>{failureReason}</Name>,
          }}
        />
        <MetadataSection metadata={refund.metadata} />
      </Stack>
    </SimpleGrid>
  );
}

function RefundAmounts({ refund }: { readonly refund: Refund }) {
  const money = (amount: number) => (
    <Money amount={amount} currency={refund.currency} minorUnits={refund.currencyMinorUnits} />
  );
  const hasDeposit = refund.depositInCents > 0;
  return (
    <Section title="Amounts">
      <Facts
        facts={{
          Status: <Status value={refund.status} />,
          Amount: hasDeposit ? money(refund.amountInCents) : null,
          Deposit: hasDeposit ? money(refund.depositInCents) : null,
          Total: <strong>{money(refund.totalInCents)}</strong>,
        }}
      />
      <RefundToDo refund={refund} />
    </Section>
  );
}

function RefundedCharge({ charge }: { readonly charge: Refund["paymentCharge"] }) {
  if (charge === null) {
    return (
      <Section title="Refunded charge">
        <Text size="sm" c="dimmed">
          The refund is of a payment that is not recorded here.
        </Text>
      </Section>
    );
  }
  const unit = { currency: charge.currency, minorUnits: charge.currencyMinorUnits };
  return (
    <Section title="Refunded charge">
      <Facts
        facts={{
          Status: <Status value={charge.status} />,
          Total: <Money amount={charge.totalInCents} {...unit} />,
          "Refunded in all": <Money amount={charge.totalRefundedInCents} {...unit} />,
        }}
      />
      <Anchor component={Link} href={CHARGES.of(charge.id)} size="sm">
        Open the charge
      </Anchor>
    </Section>
  );
}
