import { Group as Row, NativeSelect } from "@mantine/core";
import type { ListState } from "../listing/list-state.js";
import { parseMoney } from "../shared/money.js";
import { AmountFilter } from "./amount-filter.js";
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
      <AmountFilter label="Balance from" name="min" state={state} currency={group} />
      <AmountFilter label="Balance up to" name="max" state={state} currency={group} />
    </Row>
  );
}
