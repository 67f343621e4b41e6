import { SimpleGrid, Stack } from "@mantine/core";
import { useParams } from "wouter";
import { useOperation } from "../../api/use-operation.js";
import { Section } from "../../components/facts.js";
import { Page } from "../../components/page.js";
import { formatMoney } from "../../shared/money.js";
import { wordsOf } from "../../shared/words.js";
import { CHARGES } from "../kinds.js";
import { AuthorizationActions } from "./authorization-actions.js";
import { AUTHORIZATION, type Authorization } from "./authorization-query.js";
import { HeldAmounts } from "./authorization-section.js";
import { DetailsSection, MetadataSection } from "./details.js";
import { CustomerSection, MethodSection, OrderSection } from "./people.js";
import { SecretButton } from "./provider-secret.js";
import { RecordPage } from "./record-page.js";
import { Life, changesOf } from "./timeline.js";

export default function AuthorizationPage() {
  const { id } = useParams<{ id: string }>();
  return <AuthorizationOf key={id} id={id} />;
}

function AuthorizationOf({ id }: { readonly id: string }) {
  const operation = useOperation(AUTHORIZATION, { id });
  const reload = async (): Promise<Authorization | undefined> =>
    (await operation.reload())?.paymentAuthorization ?? undefined;
  const record = operation.data?.paymentAuthorization;
  return (
    <RecordPage id={id} name="Authorization" operation={operation} record={record}>
      {(authorization) => (
        <Page
          title={`Authorization of ${moneyOf(authorization)}`}
          actions={<AuthorizationActions authorization={authorization} reload={reload} />}
        >
          <AuthorizationContent authorization={authorization} />
        </Page>
      )}
    </RecordPage>
  );
}

function AuthorizationContent({ authorization }: { readonly authorization: Authorization }) {
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Stack>
        <Section title="Amounts">
          <HeldAmounts held={authorization} />
        </Section>
        <AuthorizationLife authorization={authorization} />
      </Stack>
      <Stack>
        <CustomerSection customer={authorization.customer} />
        <OrderSection order={authorization.order} />
        <MethodSection method={authorization.paymentMethod} />
        <DetailsSection record={authorization} more={{ Mode: wordsOf(authorization.mode) }}>
          <SecretButton id={authorization.id} kind="authorization" />
        </DetailsSection>
        <MetadataSection metadata={authorization.metadata} />
      </Stack>
    </SimpleGrid>
  );
}

/** The life of an authorization, with the charges that refer to it. */
function AuthorizationLife({ authorization }: { readonly authorization: Authorization }) {
  const { statusHistory, paymentCharges } = authorization;
  const charges = paymentCharges.nodes.flatMap((charge) => {
    const subject = `Charge of ${moneyOf(charge)}`;
    return changesOf(subject, charge.statusHistory.nodes, CHARGES.of(charge.id));
  });
  return (
    <Life
      events={[...changesOf("Authorization", statusHistory.nodes), ...charges]}
      hasMore={statusHistory.pageInfo.hasNextPage || paymentCharges.pageInfo.hasNextPage}
    />
  );
}

interface Total {
  readonly totalInCents: number;
  readonly currency: string;
  readonly currencyMinorUnits: number | null;
}

function moneyOf({ totalInCents, currency, currencyMinorUnits }: Total): string {
  return formatMoney(totalInCents, currency, currencyMinorUnits);
}
