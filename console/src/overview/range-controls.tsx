import { Group, SegmentedControl, Switch, Text, TextInput, useMatches } from "@mantine/core";
import type { RangeName, Unit } from "./range.js";
import type { RangeState } from "./use-range.js";
import { timeZone } from "../shared/time.js";

const RANGES: readonly { readonly value: RangeName; readonly label: string }[] = [
  { value: "7d", label: "7 days" },
  { value: "30d", label: "30 days" },
  { value: "month", label: "This month" },
  { value: "12m", label: "12 months" },
  { value: "custom", label: "Custom" },
];

const UNITS: readonly { readonly value: Unit; readonly label: string }[] = [
  { value: "DAY", label: "By day" },
  { value: "MONTH", label: "By month" },
];

/** Selects the range, its division, and whether charts are shown as tables. */
export function RangeControls({ state }: { readonly state: RangeState }) {
  const { choice, range, isTable, change } = state;
  const size = useMatches({ base: "xs", xs: "sm" });
  return (
    <Group gap="md" align="flex-end">
      <SegmentedControl
        aria-label="Range"
        size={size}
        data={[...RANGES]}
        value={choice.name}
        onChange={(name) => {
          // A custom range begins as the range that was shown.
          const days = range ? { from: range.firstDay, to: range.lastDay } : {};
          change({ range: name, ...(name === "custom" ? days : {}) });
        }}
      />
      {choice.name === "custom" && <CustomDays state={state} />}
      <SegmentedControl
        aria-label="Unit"
        data={UNITS.map((unit) => ({
          ...unit,
          disabled: unit.value === "DAY" && range?.allowsDays === false,
        }))}
        value={range?.unit ?? choice.unit ?? "DAY"}
        onChange={(unit) => {
          change({ unit });
        }}
      />
      <Switch
        my={6}
        label="Show as table"
        checked={isTable}
        onChange={(event) => {
          change({ view: event.currentTarget.checked ? "table" : "chart" });
        }}
      />
      <Text size="sm" c="dimmed" my={6}>
        Times in {timeZone}
      </Text>
    </Group>
  );
}

function CustomDays({ state: { choice, problem, change } }: { readonly state: RangeState }) {
  return (
    <Group gap="xs" align="flex-start">
      <TextInput
        type="date"
        label="First day"
        value={choice.from}
        error={problem}
        onChange={(event) => {
          change({ from: event.currentTarget.value });
        }}
      />
      <TextInput
        type="date"
        label="Last day"
        value={choice.to}
        onChange={(event) => {
          change({ to: event.currentTarget.value });
        }}
      />
    </Group>
  );
}
