import { Alert, Anchor, Code } from "@mantine/core";
import { Link, useParams } from "wouter";
import type { ResultOf } from "../api/graphql.js";
import { useOperation } from "../api/use-operation.js";
import { Details } from "../components/details.js";
import { Loaded } from "../components/loaded.js";
import { Page } from "../components/page.js";
import { EmptyState } from "../components/states.js";
import { Name, Time } from "../components/values.js";
import { DeliveryList } from "./delivery-list.js";
import { EndpointActions } from "./endpoint-actions.js";
import { ENDPOINT } from "./endpoint-documents.js";
import { typesInWords } from "./event-types.js";
import { EndpointStatus } from "./statuses.js";

export type Endpoint = NonNullable<ResultOf<typeof ENDPOINT>["webhookEndpoint"]>;

/** One endpoint: what it gets, how it is doing, and its deliveries. */
export default function EndpointPage() {
  const { id = "" } = useParams();
  const operation = useOperation(ENDPOINT, { id });
  return (
    <Page title="Webhook endpoint">
      <Anchor component={Link} href="/webhooks" size="sm">
        All webhook endpoints
      </Anchor>
      <Loaded operation={operation} label="Loading the endpoint">
        {({ webhookEndpoint: endpoint }) =>
          endpoint === null ? (
            <EmptyState
              title="There is no such endpoint"
              text="It was deleted, or belongs to another merchant."
            />
          ) : (
            <>
              <EndpointActions endpoint={endpoint} readAgain={operation.reload} />
              <EndpointCondition {...endpoint} />
              <EndpointDetails {...endpoint} />
              <DeliveryList endpoint={endpoint} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

const DISABLED_BECAUSE = {
  FAILING: "The server disabled the endpoint, because it had accepted no event for three days.",
  GONE: "The server disabled the endpoint, because it answered with 410 (Gone): it wants no more events.",
} as const;

/** What is wrong with the endpoint, and what to do. */
function EndpointCondition({ isEnabled, disabledReason, failingSince }: Endpoint) {
  if (!isEnabled) {
    const why = disabledReason === null ? "Someone disabled it." : DISABLED_BECAUSE[disabledReason];
    return (
      <Alert color="orange" title="The endpoint is disabled">
        {why} Events wait, and are sent after you enable it.
      </Alert>
    );
  }
  if (failingSince === null) return null;
  return (
    <Alert color="red" title="The endpoint is failing">
      No attempt has succeeded since <Time at={failingSince} />. The server tries again, and
      disables the endpoint after three days. The deliveries below have the answers.
    </Alert>
  );
}

function EndpointDetails(endpoint: Endpoint) {
  const { url, description, types, batchSize, dataSelection } = endpoint;
  return (
    <Details
      items={[
        ["URL", url],
        ["Description", description && <Name>{description}</Name>],
        ["Status", <EndpointStatus {...endpoint} />],
        ["Events", typesInWords(types)],
        ["Events per request", batchSize],
        ["Data to send", dataSelection ? <Code>{dataSelection}</Code> : "The default of each type"],
        ["Last delivered", timeOr(endpoint.lastDeliveredAt, "Never")],
        ["Last tested", timeOr(endpoint.lastTestedAt, "Never")],
        ["Created", <Time at={endpoint.createdAt} />],
        ["Previous secret is valid until", timeOr(endpoint.previousSecretExpiresAt, "–")],
      ]}
    />
  );
}

function timeOr(at: string | null, otherwise: string) {
  return at === null ? otherwise : <Time at={at} />;
}
