import { Anchor } from "@mantine/core";
import { Link } from "wouter";
import type { ListState } from "../../listing/list-state.js";
import type { PaymentKind } from "../kinds.js";
import { FILTER_NAMES } from "./conditions.js";

interface NothingFoundProps {
  readonly state: Pick<ListState, "filter">;
  readonly kind: PaymentKind;
}

/** What to do if no payment matches. A text that "Find a payment" does not find may be a customer's name. */
export function NothingFound({ state, kind }: NothingFoundProps) {
  const { noun, searched } = kind;
  const text = state.filter("q");
  if (text === "") return `No ${noun} matches the filters. Change or clear them.`;
  const hasOthers = FILTER_NAMES.some((name) => name !== "q" && state.filter(name) !== "");
  return (
    <>
      No {noun} {hasOthers && "that matches the other filters "}has this {searched}.{" "}
      <Anchor
        component={Link}
        href={`${kind.list}?customer=${encodeURIComponent(text)}`}
        className="breakable"
        inherit
      >
        Search for the customer “<bdi>{text}</bdi>”
      </Anchor>
    </>
  );
}
