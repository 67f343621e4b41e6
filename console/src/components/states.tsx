import { Alert, Button, Center, Loader, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";

export function LoadingState({ label }: { readonly label: string }) {
  return (
    <Center p="xl" role="status">
      <Stack align="center" gap="xs">
        <Loader size="sm" aria-hidden />
        <Text size="sm">{label} …</Text>
      </Stack>
    </Center>
  );
}

interface EmptyStateProps {
  readonly title: string;
  /** What the person can do next. */
  readonly text: ReactNode;
  readonly children?: ReactNode;
}

export function EmptyState({ title, text, children }: EmptyStateProps) {
  return (
    <Center p="xl">
      <Stack align="center" gap="xs" maw={480}>
        <Title order={2} size="h4" ta="center" dir="auto">
          {title}
        </Title>
        <Text c="dimmed" ta="center">
          {text}
        </Text>
        {children}
      </Stack>
    </Center>
  );
}

interface ErrorStateProps {
  readonly message: string;
  readonly onRetry?: () => unknown;
}

export function ErrorState({ message, onRetry }: ErrorStateProps) {
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle />}
      title="This could not be loaded"
      role="alert"
      m="md"
    >
      <Stack align="flex-start" gap="sm">
        <Text size="sm">{message}</Text>
        {onRetry && (
          <Button size="xs" variant="default" onClick={() => void onRetry()}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
