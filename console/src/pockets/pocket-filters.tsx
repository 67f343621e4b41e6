import { Group as Row, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ListState } from "../listing/list-state.js";
import { parseMoney } from "../shared/money.js";
import type { PocketFilter } from "./pocket-list.js";
import type { Group } from "./pocket-queries.js";

/** The conditions of the list, from the address. What is no amount of the currency is ignored. */
export function pocketFilterOf(state: Pick<ListState, "filter">, group: Group): PocketFilter {
  const atLeast = parseMoney(state.filter("min"), group.currencyMinorUnits);
  const atMost = parseMoney(state.filter("max"), group.currencyMinorUnits);
  const show = state.filter("show");
  return {
    ...(atLeast === null && atMost === null
      ? {}
      : {
          balance: {
            ...(atLeast === null ? {} : { gte: atLeast }),
            ...(atMost === null ? {} : { lte: atMost }),
          },
        }),
    ...(show === "frozen" ? { isFrozen: { eq: true } } : {}),
    ...(show === "held" ? { heldAmount: { gt: 0 } } : {}),
  };
}

interface PocketFiltersProps {
  readonly state: Pick<ListState, "filter" | "setFilters">;
  readonly group: Group;
}

export function PocketFilters({ state, group }: PocketFiltersProps) {
  return (
    <Row align="flex-start" gap="sm">
      <NativeSelect
        label="Show"
        value={state.filter("show")}
        data={[
          { value: "", label: "All pockets" },
          { value: "frozen", label: "Frozen pockets" },
          { value: "held", label: "Pockets with open holds" },
        ]}
        onChange={(event) => state.setFilters({ show: event.currentTarget.value })}
      />
      <AmountFilter label="Balance from" name="min" {...{ state, group }} />
      <AmountFilter label="Balance up to" name="max" {...{ state, group }} />
    </Row>
  );
}

interface AmountFilterProps extends PocketFiltersProps {
  readonly label: string;
  readonly name: "min" | "max";
}

/** Filters once the person leaves the field or presses Enter. */
function AmountFilter({ label, name, state, group }: AmountFilterProps) {
  const [text, setText] = useState(state.filter(name));
  const isWrong = text.trim() !== "" && parseMoney(text, group.currencyMinorUnits) === null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWrong) state.setFilters({ [name]: text.trim() });
      }}
    >
      <TextInput
        label={label}
        inputMode="decimal"
        dir="ltr"
        autoComplete="off"
        value={text}
        error={isWrong ? `Enter an amount in ${group.currency}.` : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => {
          if (!isWrong && text.trim() !== state.filter(name)) {
            state.setFilters({ [name]: text.trim() });
          }
        }}
      />
    </form>
  );
}
