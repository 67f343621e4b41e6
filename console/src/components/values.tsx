import { Badge, Text, Tooltip } from "@mantine/core";
import { type MinorUnits, formatMoney } from "../shared/money.js";
import { formatTime } from "../shared/time.js";
import { wordsOf } from "../shared/words.js";

interface MoneyProps {
  readonly amount: MinorUnits;
  readonly currency: string;
  readonly minorUnits: number | null;
}

export function Money({ amount, currency, minorUnits }: MoneyProps) {
  return <bdi className="number">{formatMoney(amount, currency, minorUnits)}</bdi>;
}

/** A timestamp in the viewer's time zone; its exact instant in UTC is in the tooltip. */
export function Time({ at }: { readonly at: string }) {
  return (
    <Tooltip label={at}>
      <time dateTime={at}>{formatTime(at)}</time>
    </Tooltip>
  );
}

/** A text in any script, shown in its own direction. */
export function Name({ children }: { readonly children: string }) {
  return (
    <Text span inherit dir="auto">
      {children}
    </Text>
  );
}

const COLORS: Readonly<Record<string, string>> = {
  SUCCEEDED: "green",
  CAPTURED: "green",
  DELIVERED: "green",
  ACTIVE: "green",
  ENABLED: "green",
  OPEN: "blue",
  FAILED: "red",
  FAILING: "red",
  RETRYING: "orange",
  EXPIRED: "gray",
  CANCELED: "gray",
  DISABLED: "gray",
  INACTIVE: "gray",
  REVOKED: "gray",
};

/** A status in words. Its color is never the only sign. */
export function Status({ value }: { readonly value: string }) {
  return (
    <Badge variant="light" color={COLORS[value] ?? "blue"} tt="none" miw="max-content">
      {wordsOf(value)}
    </Badge>
  );
}
