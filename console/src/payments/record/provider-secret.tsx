import { Button, Code, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { graphql } from "../../api/graphql.js";
import { messageOf } from "../../api/problems.js";
import { useOperation } from "../../api/use-operation.js";
import { useViewer } from "../../api/viewer.js";

const SECRET = graphql(`
  query ProviderSecret($id: ID!, $isCharge: Boolean!) {
    paymentCharge(id: $id) @include(if: $isCharge) {
      id
      providerSecret
    }
    paymentAuthorization(id: $id) @skip(if: $isCharge) {
      id
      providerSecret
    }
  }
`);

interface SecretButtonProps {
  readonly id: string;
  readonly kind: "charge" | "authorization";
}

/** Shows the provider's secret on request, to tokens that may read it. Until then it is not even read. */
export function SecretButton({ id, kind }: SecretButtonProps) {
  const { may } = useViewer();
  const [isShown, setShown] = useState(false);
  const variables = { id, isCharge: kind === "charge" };
  const { data, error } = useOperation(SECRET, variables, { pause: !isShown });
  if (!may("PROVIDER_SECRETS_READ")) return null;
  const secret = (data?.paymentCharge ?? data?.paymentAuthorization)?.providerSecret;
  return (
    <Stack gap="xs">
      <Group>
        <Button
          variant="default"
          size="xs"
          aria-expanded={isShown}
          onClick={() => setShown(!isShown)}
        >
          {isShown ? "Hide the provider's secret" : "Show the provider's secret"}
        </Button>
      </Group>
      {isShown && error && <Text size="sm">{messageOf(error)}</Text>}
      {isShown && secret === null && (
        <Text size="sm">The provider gave no secret for this payment.</Text>
      )}
      {isShown && typeof secret === "string" && (
        <Code block className="breakable">
          {secret}
        </Code>
      )}
    </Stack>
  );
}
