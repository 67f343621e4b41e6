import { Text } from "@mantine/core";
import type { ResultOf } from "../api/graphql.js";
import { useOperation } from "../api/use-operation.js";
import { Page } from "../components/page.js";
import { RecordLink } from "../components/record-link.js";
import { Name, Time } from "../components/values.js";
import { useListState } from "../listing/list-state.js";
import { type Column, ListTable } from "../listing/list-table.js";
import { CreateEndpointButton } from "./create-endpoint.js";
import { ENDPOINTS } from "./endpoint-documents.js";
import { typesInWords } from "./event-types.js";
import { EndpointStatus } from "./statuses.js";

type Endpoint = ResultOf<typeof ENDPOINTS>["webhookEndpoints"]["nodes"][number];

const SORT_FIELDS = ["URL", "FAILING_SINCE", "LAST_DELIVERED_AT", "CREATED_AT"] as const;

const COLUMNS: readonly Column<Endpoint, (typeof SORT_FIELDS)[number]>[] = [
  { name: "url", header: "URL", sortField: "URL", cell: endpointLink },
  { name: "types", header: "Events", cell: ({ types }) => <Events types={types} /> },
  {
    name: "status",
    header: "Status",
    sortField: "FAILING_SINCE",
    cell: (endpoint) => <EndpointStatus {...endpoint} />,
  },
  {
    name: "delivered",
    header: "Last delivered",
    sortField: "LAST_DELIVERED_AT",
    cell: ({ lastDeliveredAt }) =>
      lastDeliveredAt === null ? "Never" : <Time at={lastDeliveredAt} />,
  },
  {
    name: "created",
    header: "Created",
    sortField: "CREATED_AT",
    isExtra: true,
    cell: ({ createdAt }) => <Time at={createdAt} />,
  },
];

/** The URLs that get the merchant's events. */
export default function EndpointsPage() {
  const state = useListState(SORT_FIELDS);
  const sort = state.sort && [state.sort];
  const operation = useOperation(ENDPOINTS, { ...state.page, sort });
  const list = operation.data?.webhookEndpoints;
  return (
    <Page title="Webhooks" actions={<CreateEndpointButton onCreated={operation.reload} />}>
      <ListTable
        label="Webhook endpoints"
        columns={COLUMNS}
        state={state}
        operation={operation}
        rows={list?.nodes}
        pageInfo={list?.pageInfo}
        totalCount={list?.totalCount}
        exported={{ list: "webhookEndpoints", filter: {} }}
        empty="Create an endpoint to send every change of pockets, payments and orders to your own server."
      />
    </Page>
  );
}

function endpointLink({ id, url, description }: Endpoint) {
  return (
    <div className="breakable" style={{ minWidth: 200 }}>
      <RecordLink to={`/webhooks/${id}`}>{url}</RecordLink>
      {description !== null && (
        <Text size="xs" c="dimmed">
          <Name>{description}</Name>
        </Text>
      )}
    </div>
  );
}

const MOST_SHOWN = 2;

function Events({ types }: Pick<Endpoint, "types">) {
  if (types.length <= MOST_SHOWN) return typesInWords(types);
  const rest = types.length - MOST_SHOWN;
  return `${typesInWords(types.slice(0, MOST_SHOWN))} and ${String(rest)} more`;
}
