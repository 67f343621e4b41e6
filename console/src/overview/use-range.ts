import { useMemo, useState } from "react";
import { useSearchParams } from "wouter";
import { dayOf } from "./local-days.js";
import {
  RANGE_NAMES,
  type Range,
  type RangeChoice,
  type RangeName,
  type Unit,
  problemOf,
  rangeOf,
} from "./range.js";

export interface RangeState {
  readonly choice: RangeChoice;
  /** What is wrong with a custom range. Without a problem there is a `range`. */
  readonly problem: string | null;
  readonly range: Range | null;
  readonly isTable: boolean;
  readonly change: (changes: RangeChanges) => void;
}

interface RangeChanges {
  readonly range?: RangeName;
  readonly unit?: Unit;
  readonly from?: string;
  readonly to?: string;
  readonly view?: "table" | "chart";
}

/** The range that the overview shows. It is in the address, so that a view can be shared. */
export function useRange(): RangeState {
  const [params, setParams] = useSearchParams();
  // A view does not change under the reader's eyes at midnight.
  const [today] = useState(() => dayOf(new Date()));
  return useMemo(() => {
    const choice = choiceOf(params);
    const problem = problemOf(choice);
    return {
      choice,
      problem,
      range: problem === null ? rangeOf(choice, today) : null,
      isTable: params.get("view") === "table",
      change: (changes) => {
        setParams(
          (old) => {
            const next = new URLSearchParams(old);
            for (const [name, value] of Object.entries(changes)) next.set(name, String(value));
            return next;
          },
          { replace: true },
        );
      },
    };
  }, [params, setParams, today]);
}

function choiceOf(params: URLSearchParams): RangeChoice {
  const unit = params.get("unit");
  return {
    name: RANGE_NAMES.find((name) => name === params.get("range")) ?? "30d",
    unit: unit === "DAY" || unit === "MONTH" ? unit : null,
    from: params.get("from") ?? "",
    to: params.get("to") ?? "",
  };
}
