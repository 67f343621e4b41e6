import { Button, Code, Drawer, Group, Stack, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCode } from "@tabler/icons-react";
import { type ShownOperation, useOperationsShown } from "../api/operations-shown.js";
import { start } from "../api/start.js";

/** Opens a panel with the GraphQL operations behind the page, each of which can be opened in the playground. */
export function QueriesButton() {
  const [isOpen, { open, close }] = useDisclosure();
  const operations = useOperationsShown();
  return (
    <>
      <Tooltip label="Show the GraphQL of this page">
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          leftSection={<IconCode size={14} />}
          aria-label="For developers: show the GraphQL of this page"
          onClick={open}
        >
          For developers
        </Button>
      </Tooltip>
      <Drawer
        opened={isOpen}
        onClose={close}
        position="right"
        size="lg"
        title="Queries of this page"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <Stack>
          <Text size="sm" c="dimmed">
            The console uses only the public API. These operations read what the page shows.
          </Text>
          {operations.map((operation, index) => (
            <Operation
              key={operation.query + JSON.stringify(operation.variables)}
              number={index + 1}
              {...operation}
            />
          ))}
        </Stack>
      </Drawer>
    </>
  );
}

function Operation({ number, query, variables }: ShownOperation & { readonly number: number }) {
  const variablesText = JSON.stringify(variables, null, 2);
  return (
    <Stack gap="xs">
      <Code
        block
        className="code"
        tabIndex={0}
        role="region"
        aria-label={`Query ${String(number)}`}
      >
        {query}
      </Code>
      {variablesText !== "{}" && (
        <Code
          block
          className="code"
          tabIndex={0}
          role="region"
          aria-label={`Variables ${String(number)}`}
        >
          {variablesText}
        </Code>
      )}
      {start.hasPlayground && (
        <Group>
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              openInPlayground(query, variablesText);
            }}
          >
            Open in the playground
          </Button>
        </Group>
      )}
    </Stack>
  );
}

/** The new tab gets a copy of this tab's session storage, with the token, because this page opens it by script. */
function openInPlayground(query: string, variables: string): void {
  window.open(`/playground?${new URLSearchParams({ query, variables }).toString()}`, "_blank");
}
