import { Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ListState } from "../../listing/list-state.js";
import { type DayRange, dayOf, daysBefore, isDay } from "./day-range.js";

const CHOICES = [
  { label: "7 days", days: 7 },
  { label: "30 days", days: 30 },
  { label: "A year", days: 365 },
] as const;

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
        {CHOICES.map(({ label, days }) => (
          <Button
            key={label}
            variant="default"
            size="sm"
            onClick={() => {
              state.setFilters({ from: daysBefore(dayOf(new Date()), days), to: "" });
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
