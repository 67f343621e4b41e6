import { Button, Group } from "@mantine/core";
import { type Recent, firstDayOf } from "../shared/recent.js";
import type { ListState } from "./list-state.js";

const CHOICES: readonly { readonly name: Recent; readonly label: string }[] = [
  { name: "month", label: "This month" },
  { name: "30d", label: "Last 30 days" },
  { name: "90d", label: "Last 90 days" },
];

/** Sets the filters `from` and `to` of a list to days that end today. */
export function RecentButtons({ state }: { readonly state: Pick<ListState, "setFilters"> }) {
  return (
    <Group gap="xs" align="end" role="group" aria-label="Created in">
      {CHOICES.map(({ name, label }) => (
        <Button
          key={name}
          variant="default"
          size="xs"
          onClick={() =>
            state.setFilters({ from: firstDayOf(name, new Date()).toISOString(), to: "" })
          }
        >
          {label}
        </Button>
      ))}
    </Group>
  );
}
