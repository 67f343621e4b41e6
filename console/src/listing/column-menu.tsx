import { Button, Checkbox, Popover, Stack } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";

interface ColumnMenuProps {
  readonly columns: readonly { readonly name: string; readonly header: string }[];
  readonly shown: readonly string[];
  readonly onChange: (shown: readonly string[]) => void;
}

/** Selects the columns of a table. At least one stays. */
export function ColumnMenu({ columns, shown, onChange }: ColumnMenuProps) {
  return (
    <Popover position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="subtle" size="xs" leftSection={<IconColumns3 size={14} />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns">
        <Stack gap="xs">
          {columns.map(({ name, header }) => {
            const isShown = shown.includes(name);
            return (
              <Checkbox
                key={name}
                label={header}
                checked={isShown}
                disabled={isShown && shown.length === 1}
                onChange={() => {
                  const kept = columns.map((column) => column.name);
                  onChange(kept.filter((one) => shown.includes(one) !== (one === name)));
                }}
              />
            );
          })}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
