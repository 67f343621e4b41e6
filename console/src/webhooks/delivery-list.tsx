import { Group, Stack, Title } from "@mantine/core";
import { useState } from "react";
import { useOperation } from "../api/use-operation.js";
import { useViewer } from "../api/viewer.js";
import { useListState } from "../listing/list-state.js";
import { ListTable } from "../listing/list-table.js";
import { DELIVERY_SORT_FIELDS, deliveryColumns } from "./delivery-columns.js";
import { DeliveryButton } from "./delivery-dialog.js";
import { DELIVERIES, type Delivery } from "./delivery-documents.js";
import { deliveryFilterOf } from "./delivery-filter.js";
import { DeliveryFilters } from "./delivery-filters.js";
import type { Endpoint } from "./endpoint-page.js";
import { missingScopes } from "./event-types.js";
import { RedeliverButtons } from "./redeliver-buttons.js";
import { RedeliverDialog } from "./redeliver-dialog.js";
import { useUpToDate } from "./use-up-to-date.js";

/** What the endpoint was sent, and how it answered. */
export function DeliveryList({ endpoint }: { readonly endpoint: Endpoint }) {
  const { may } = useViewer();
  const state = useListState(DELIVERY_SORT_FIELDS);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const filter = deliveryFilterOf(endpoint.id, state);
  const sort = state.sort && [state.sort];
  const read = useOperation(DELIVERIES, { ...state.page, filter, sort });
  const list = read.data?.webhookDeliveries;
  const isPending = list?.nodes.some(({ nextAttemptAt }) => nextAttemptAt !== null) ?? false;
  // A test event is in the queue within a second after it was requested.
  const operation = useUpToDate(read, isPending, endpoint.lastTestedAt);
  const maySend = endpoint.isEnabled && missingScopes(endpoint.types, may).length === 0;
  const sendAgain = ({ id }: Delivery, close: () => void) => (
    <RedeliverDialog
      endpoint={endpoint}
      count={1}
      filter={{ id: { eq: [id] } }}
      readAgain={operation.reload}
      onSent={close}
      onClose={close}
    />
  );
  return (
    <Stack component="section" gap="xs" aria-label="Deliveries">
      <Group justify="space-between">
        <Title order={2} size="h4">
          Deliveries
        </Title>
        {maySend && list && (
          <RedeliverButtons
            endpoint={endpoint}
            filter={filter}
            total={list.totalCount}
            selected={selected}
            readAgain={operation.reload}
            onSent={() => setSelected(new Set())}
          />
        )}
      </Group>
      <DeliveryFilters state={state} />
      <ListTable
        label="Deliveries"
        columns={deliveryColumns((delivery) => (
          <DeliveryButton
            delivery={delivery}
            sendAgain={maySend ? (close) => sendAgain(delivery, close) : null}
          />
        ))}
        state={state}
        operation={operation}
        rows={list?.nodes}
        pageInfo={list?.pageInfo}
        totalCount={list?.totalCount}
        exported={{ list: "webhookDeliveries", filter }}
        empty="No delivery matches. Send a test event to see one."
        {...(maySend ? { selection: { ids: selected, change: setSelected } } : {})}
      />
    </Stack>
  );
}
