import { Select, type SelectProps } from "@mantine/core";

const CURRENCIES = Intl.supportedValuesOf("currency");

/** One of the currencies that the browser knows. The server refuses those that are no longer in use. */
export function CurrencySelect(props: Omit<SelectProps, "data">) {
  return (
    <Select
      label="Currency"
      {...props}
      data={CURRENCIES}
      searchable
      allowDeselect={false}
      limit={30}
      nothingFoundMessage="There is no such currency"
    />
  );
}
