import { Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ListState } from "../../listing/list-state.js";
import { type Recent, firstDayOf } from "../../shared/recent.js";
import { type DayRange, dayOf, isDay } from "./day-range.js";

const CHOICES: readonly { readonly label: string; readonly name: Recent }[] = [
  { label: "7 days", name: "7d" },
  { label: "30 days", name: "30d" },
  { label: "This month", name: "month" },
  { label: "12 months", name: "12m" },
];

interface RangeFormProps {
  readonly range: DayRange;
  readonly state: Pick<ListState, "setFilters">;
}

/** Selects the days of a statement. */
export function RangeForm({ range, state }: RangeFormProps) {
  return (
    <Group align="flex-end" gap="sm">
      <DayInput
        label="From"
        day={range.from}
        onDay={(from) => state.setFilters({ from, to: from > range.to ? from : range.to })}
      />
      <DayInput
        label="To"
        day={range.to}
        onDay={(to) => state.setFilters({ to, from: to < range.from ? to : range.from })}
      />
      <Group gap="xs" role="group" aria-label="The last days">
        {CHOICES.map(({ label, name }) => (
          <Button
            key={label}
            variant="default"
            size="sm"
            onClick={() => {
              state.setFilters({ from: dayOf(firstDayOf(name, new Date())), to: "" });
            }}
          >
            {label}
          </Button>
        ))}
      </Group>
    </Group>
  );
}

interface DayInputProps {
  readonly label: string;
  readonly day: string;
  readonly onDay: (day: string) => void;
}

/** Keeps what is typed until it is a day, and follows the address when that changes otherwise. */
function DayInput({ label, day, onDay }: DayInputProps) {
  const [text, setText] = useState(day);
  const [known, setKnown] = useState(day);
  if (known !== day) {
    setKnown(day);
    setText(day);
  }
  return (
    <TextInput
      type="date"
      label={label}
      value={text}
      error={text !== "" && isDay(text) ? undefined : "Enter a day."}
      onChange={(event) => {
        const typed = event.currentTarget.value;
        setText(typed);
        if (isDay(typed)) onDay(typed);
      }}
    />
  );
}
