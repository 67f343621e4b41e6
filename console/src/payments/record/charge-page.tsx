import { SimpleGrid, Stack } from "@mantine/core";
import { useState } from "react";
import { useParams } from "wouter";
import { useOperation } from "../../api/use-operation.js";
import { Page } from "../../components/page.js";
import { formatMoney } from "../../shared/money.js";
import { wordsOf } from "../../shared/words.js";
import { AuthorizationSection } from "./authorization-section.js";
import { ChargeActions } from "./charge-actions.js";
import { ChargeAmounts } from "./charge-amounts.js";
import { ChargeLife } from "./charge-life.js";
import { CHARGE, type Charge } from "./charge-query.js";
import { DoneNotice } from "./done-notice.js";
import { DetailsSection, MetadataSection } from "./details.js";
import { CustomerSection, MethodSection, OrderSection } from "./people.js";
import { SecretButton } from "./provider-secret.js";
import { RecordPage } from "./record-page.js";
import { RefundsSection } from "./refunds-section.js";

export default function ChargePage() {
  const { id } = useParams<{ id: string }>();
  return <ChargeOf key={id} id={id} />;
}

function ChargeOf({ id }: { readonly id: string }) {
  const operation = useOperation(CHARGE, { id });
  const [done, setDone] = useState<string | null>(null);
  const reload = async (): Promise<Charge | undefined> =>
    (await operation.reload())?.paymentCharge ?? undefined;
  return (
    <RecordPage id={id} name="Charge" operation={operation} record={operation.data?.paymentCharge}>
      {(charge) => (
        <Page
          title={`Charge of ${formatMoney(charge.totalInCents, charge.currency, charge.currencyMinorUnits)}`}
          actions={<ChargeActions charge={charge} reload={reload} onDone={setDone} />}
        >
          <div>
            <DoneNotice message={done} onClose={() => setDone(null)} />
            <ChargeContent charge={charge} reload={reload} />
          </div>
        </Page>
      )}
    </RecordPage>
  );
}

interface ChargeContentProps {
  readonly charge: Charge;
  readonly reload: () => Promise<Charge | undefined>;
}

function ChargeContent({ charge, reload }: ChargeContentProps) {
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Stack>
        <ChargeAmounts charge={charge} />
        <RefundsSection charge={charge} reload={reload} />
        {charge.paymentAuthorization && (
          <AuthorizationSection authorization={charge.paymentAuthorization} />
        )}
        <ChargeLife charge={charge} />
      </Stack>
      <Stack>
        <CustomerSection customer={charge.customer} />
        <OrderSection order={charge.order} />
        <MethodSection method={charge.paymentMethod} />
        <DetailsSection record={charge} more={{ Mode: wordsOf(charge.mode) }}>
          <SecretButton id={charge.id} kind="charge" />
        </DetailsSection>
        <MetadataSection metadata={charge.metadata} />
      </Stack>
    </SimpleGrid>
  );
}
