import { Select, type SelectProps, Text } from "@mantine/core";

interface SelectableRecord {
  readonly id: string;
  readonly name: string;
  /** What distinguishes records with the same name. */
  readonly detail: string;
}

interface RecordSelectProps extends Omit<SelectProps, "data"> {
  readonly records: readonly SelectableRecord[] | undefined;
  readonly search: string;
  /** The text that the person types, by which the server searches. */
  readonly onSearchChange: (text: string) => void;
}

/** Selects one of the records that the server finds for what the person types. */
export function RecordSelect({ records, search, onSearchChange, ...props }: RecordSelectProps) {
  return (
    <Select
      {...props}
      data={records?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
      renderOption={({ option }) => (
        <div>
          <Text size="sm" dir="auto">
            {option.label}
          </Text>
          <Text size="xs" c="dimmed">
            {records?.find(({ id }) => id === option.value)?.detail}
          </Text>
        </div>
      )}
      searchable
      // The server has already searched, by more than the label.
      filter={({ options }) => options}
      searchValue={search}
      onSearchChange={onSearchChange}
      nothingFoundMessage={records ? "Nothing found" : "Searching …"}
    />
  );
}
