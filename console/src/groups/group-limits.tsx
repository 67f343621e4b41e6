import { List, Stack, Text, Title } from "@mantine/core";
import { Details } from "../components/details.js";
import { Money } from "../components/values.js";
import { counted } from "../shared/words.js";
import type { PeriodLimit, PocketGroup } from "./group-documents.js";
import { LIMITS } from "./limit-values.js";

/** What a single entry, a pocket and a period are limited to. */
export function GroupLimits({ group }: { readonly group: PocketGroup }) {
  const { currency, currencyMinorUnits: minorUnits, reversalWindowHours } = group;
  return (
    <Stack component="section" gap="xs" aria-label="Limits">
      <Title order={2} size="h4">
        Limits
      </Title>
      <Details
        items={[
          ...LIMITS.map(([name, label]) => {
            const amount = group[name];
            const value =
              amount === null ? "No limit" : <Money {...{ amount, currency, minorUnits }} />;
            return [label, value] as const;
          }),
          [
            "Entries can be reversed",
            reversalWindowHours === null ? "Always" : `For ${hoursOf(reversalWindowHours)}`,
          ],
        ]}
      />
      {group.periodLimits.length === 0 ? (
        <Text size="sm" c="dimmed">
          The group has no limits per day, month or other period.
        </Text>
      ) : (
        <List size="sm">
          {group.periodLimits.map((limit) => (
            <List.Item key={JSON.stringify(limit)}>
              <PeriodLimitLine group={group} limit={limit} />
            </List.Item>
          ))}
        </List>
      )}
    </Stack>
  );
}

interface PeriodLimitLineProps {
  readonly group: PocketGroup;
  readonly limit: PeriodLimit;
}

function PeriodLimitLine({ group, limit }: PeriodLimitLineProps) {
  const what = limit.kind === "CHARGE" ? "charges" : "debits and holds";
  return (
    <>
      Each pocket: {limit.measure === "SUM" ? `${what} of at most ` : "at most "}
      {limit.measure === "SUM" ? (
        <Money
          amount={limit.limit}
          currency={group.currency}
          minorUnits={group.currencyMinorUnits}
        />
      ) : (
        itemsOf(limit)
      )}{" "}
      {periodOf(limit)}
    </>
  );
}

function itemsOf({ kind, limit }: PeriodLimit): string {
  return kind === "CHARGE"
    ? counted(limit, "charge")
    : counted(limit, "debit or hold", "debits and holds");
}

function periodOf({ period, hours }: PeriodLimit): string {
  if (period === "DAY") return "a day";
  if (period === "MONTH") return "a month";
  return `in ${hoursOf(hours ?? 0)}`;
}

function hoursOf(hours: number): string {
  return counted(hours, "hour");
}
