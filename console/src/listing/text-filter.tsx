import { Group, Input, TextInput, type TextInputProps } from "@mantine/core";
import { useDebouncedCallback, useId } from "@mantine/hooks";
import { type ChangeEvent, type FocusEvent, type KeyboardEvent, useState } from "react";
import { type DayAndTime, dayAndTimeOf, rangeInstantOf } from "../shared/time.js";

/** How long after the last key press a text is applied. */
const DELAY_MS = 500;

interface TextFilterProps extends Omit<TextInputProps, "value" | "onChange"> {
  readonly label: string;
  /** The applied value, which is in the address. */
  readonly value: string;
  readonly onApply: (text: string) => void;
}

/** The text of an input. It follows the applied value when that changes otherwise, such as by "Clear filters". */
export function useDraft(value: string): [string, (text: string) => void] {
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    // Spaces around the applied text are kept: the person may still be typing.
    if (text.trim() !== value) setText(value);
  }
  return [text, setText];
}

/** A text that is applied when the person stops typing, presses Enter or leaves the field. */
export function TextFilter({ value, onApply, ...props }: TextFilterProps) {
  const [text, setText] = useDraft(value);
  const apply = (): void => {
    if (text.trim() !== value) onApply(text.trim());
  };
  const applyLater = useDebouncedCallback(apply, DELAY_MS);
  return (
    <TextInput
      size="sm"
      dir="auto"
      {...props}
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        applyLater();
      }}
      onBlur={apply}
      onKeyDown={(event) => {
        if (event.key === "Enter") apply();
      }}
    />
  );
}

interface TimeFilterProps {
  readonly label: string;
  readonly description?: string;
  /** The applied instant, which is in the address, so that a shared view stays the same. */
  readonly value: string;
  /** Whether it is the end of a range: a day without a time is then meant as a whole. */
  readonly isEnd?: boolean;
  readonly onApply: (instant: string) => void;
}

const NOTHING: DayAndTime = { day: "", time: "" };

/** A day in the viewer's time zone, and a time of it, which can be omitted. */
export function TimeFilter({ value, isEnd = false, onApply, ...wrapper }: TimeFilterProps) {
  const applied = Number.isNaN(Date.parse(value)) ? NOTHING : dayAndTimeOf(value, isEnd);
  const [day, setDay] = useDraft(applied.day);
  const [time, setTime] = useDraft(applied.time);
  // The browser gives no value to a day or a time without all of its parts.
  const [isPartial, setPartial] = useState(false);
  const id = useId();
  const apply = (): void => {
    if (day === applied.day && time === applied.time) return;
    if (day === "") onApply("");
    else if (isWholeDay(day)) onApply(rangeInstantOf({ day, time }, isEnd));
  };
  const applyLater = useDebouncedCallback(apply, DELAY_MS);
  const input = (change: (text: string) => void) => ({
    size: "sm" as const,
    onChange: ({ currentTarget }: ChangeEvent<HTMLInputElement>) => {
      change(currentTarget.value);
      setPartial(false);
      if (currentTarget.validity.badInput) applyLater.cancel();
      else applyLater();
    },
    onBlur: ({ currentTarget }: FocusEvent<HTMLInputElement>) => {
      setPartial(currentTarget.validity.badInput);
      if (!currentTarget.validity.badInput) apply();
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === "Enter") apply();
    },
  });
  const isWithoutDay = day === "" && time !== "";
  return (
    <Input.Wrapper
      {...wrapper}
      id={id}
      error={(isPartial || isWithoutDay) && "Enter a whole day. The time is optional."}
    >
      <Group gap={4} wrap="nowrap" mt={wrapper.description === undefined ? 0 : 5}>
        <TextInput type="date" id={id} flex={1} miw={0} value={day} {...input(setDay)} />
        <TextInput
          type="time"
          aria-label={`${wrapper.label}, time (optional)`}
          value={time}
          {...input(setTime)}
        />
      </Group>
    </Input.Wrapper>
  );
}

/** While 2026 is typed, the input's year is 2, then 20, then 202. */
function isWholeDay(day: string): boolean {
  return /^\d{4}-/.test(day) && day >= "1900" && day < "9999";
}
