import { Select, type SelectProps } from "@mantine/core";

interface RecordSelectProps extends Omit<SelectProps, "data"> {
  readonly records: readonly { readonly id: string; readonly name: string }[] | undefined;
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
      searchable
      // The server has already searched, by more than the label.
      filter={({ options }) => options}
      searchValue={search}
      onSearchChange={onSearchChange}
      nothingFoundMessage={records ? "Nothing found" : "Searching …"}
    />
  );
}
