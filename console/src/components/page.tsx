import { Group, Stack, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";
import { QueriesButton } from "./queries-button.js";

interface PageProps {
  readonly title: string;
  /** Buttons of the page, before the one that shows its queries. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** The title, the actions and the content of a page. Every page has the button that shows its queries. */
export function Page({ title, actions, children }: PageProps) {
  useDocumentTitle(`${title} · Pocketcharge console`);
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Title order={1} size="h2" dir="auto">
          {title}
        </Title>
        <Group gap="xs">
          {actions}
          <QueriesButton />
        </Group>
      </Group>
      {children}
    </Stack>
  );
}
