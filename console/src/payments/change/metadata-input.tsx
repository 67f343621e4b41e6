import { ActionIcon, Button, Fieldset, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";

export interface Entry {
  readonly key: string;
  readonly value: string;
}

/** The most keys that a record can have. */
const MOST = 20;

interface MetadataInputProps {
  readonly entries: readonly Entry[];
  readonly error: string | undefined;
  readonly onChange: (entries: readonly Entry[]) => void;
}

/** Texts under keys, one in a row. */
export function MetadataInput({ entries, error, onChange }: MetadataInputProps) {
  const change = (index: number, entry: Entry | null): void => {
    onChange(entries.flatMap((one, at) => (at === index ? (entry ?? []) : one)));
  };
  return (
    <Fieldset legend="Metadata">
      <Stack gap="xs">
        {entries.map((entry, index) => (
          // Keys can be empty or equal while they are typed, so only the position identifies a row.
          <Group key={index} gap="xs" wrap="nowrap">
            <TextInput
              aria-label={`Key ${String(index + 1)}`}
              placeholder="Key"
              dir="auto"
              value={entry.key}
              onChange={(event) => change(index, { ...entry, key: event.currentTarget.value })}
            />
            <TextInput
              aria-label={`Text ${String(index + 1)}`}
              placeholder="Text"
              dir="auto"
              value={entry.value}
              onChange={(event) => change(index, { ...entry, value: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              aria-label={`Remove ${entry.key === "" ? `entry ${String(index + 1)}` : entry.key}`}
              onClick={() => change(index, null)}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        ))}
        {error !== undefined && (
          <Text size="xs" c="red" role="alert">
            {error}
          </Text>
        )}
        <Group>
          <Button
            size="xs"
            variant="default"
            disabled={entries.length >= MOST}
            onClick={() => onChange([...entries, { key: "", value: "" }])}
          >
            Add an entry
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
