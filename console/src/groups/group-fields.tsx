import { Autocomplete, Checkbox, SimpleGrid, TextInput } from "@mantine/core";
import type { Problem } from "../api/problems.js";
import { errorOf } from "../components/action-dialog.js";
import { MoneyInput } from "../components/money-input.js";
import { NameInput } from "../components/name-input.js";
import type { PocketGroup } from "./group-documents.js";
import {
  LIMITS,
  type LimitTexts,
  type PeriodLimitText,
  limitTexts,
  limitsOf,
  periodLimitTexts,
  periodLimitsOf,
} from "./limit-values.js";
import { parseMoney } from "../shared/money.js";
import { PeriodLimitsInput } from "./period-limits-input.js";

/** The values of a group as a form has them. */
export interface GroupValues {
  readonly name: string;
  readonly phoneNumberRegion: string;
  readonly hasUniqueReferences: boolean;
  readonly timeZone: string;
  readonly reversalWindowHours: string;
  readonly limits: LimitTexts;
  readonly periodLimits: readonly PeriodLimitText[];
}

export function groupValues(group: PocketGroup): GroupValues {
  const { name, phoneNumberRegion, hasUniqueReferences, timeZone, reversalWindowHours } = group;
  return {
    name,
    phoneNumberRegion: phoneNumberRegion ?? "",
    hasUniqueReferences,
    timeZone,
    reversalWindowHours: reversalWindowHours === null ? "" : String(reversalWindowHours),
    limits: limitTexts(group),
    periodLimits: periodLimitTexts(group),
  };
}

/** The values as the API takes them. Null while one of them is no amount or number. */
export function groupInput(values: GroupValues, minorUnits: number | null) {
  const limits = limitsOf(values.limits, minorUnits);
  const periodLimits = periodLimitsOf(values.periodLimits, minorUnits);
  const hours = values.reversalWindowHours.trim();
  const reversalWindowHours = hours === "" ? null : parseMoney(hours, 0);
  if (limits === null || periodLimits === null) return null;
  if (hours !== "" && reversalWindowHours === null) return null;
  return {
    name: values.name.trim(),
    phoneNumberRegion: values.phoneNumberRegion.trim() || null,
    hasUniqueReferences: values.hasUniqueReferences,
    timeZone: values.timeZone.trim(),
    reversalWindowHours,
    ...limits,
    periodLimits,
  };
}

/** The refusals that these fields show. */
export const GROUP_FIELDS = [
  ...["name", "phoneNumberRegion", "timeZone", "reversalWindowHours", "periodLimits"],
  ...LIMITS.map(([name]) => name),
];

interface GroupFieldsProps {
  readonly values: GroupValues;
  readonly onChange: (values: GroupValues) => void;
  readonly problems: readonly Problem[];
  readonly group: Pick<PocketGroup, "currency" | "currencyMinorUnits">;
}

const TIME_ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone")];

export function GroupFields({ values, onChange, problems, group }: GroupFieldsProps) {
  const change = (changes: Partial<GroupValues>): void => {
    onChange({ ...values, ...changes });
  };
  return (
    <>
      <NameInput
        value={values.name}
        error={errorOf(problems, "name")}
        onChange={(name) => change({ name })}
      />
      <LimitFields {...{ values, onChange, problems, group }} />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput
          label="Hours to reverse an entry"
          description="Without a number, entries can always be reversed."
          inputMode="numeric"
          value={values.reversalWindowHours}
          error={errorOf(problems, "reversalWindowHours")}
          onChange={(event) => change({ reversalWindowHours: event.currentTarget.value })}
        />
        <RegionInput
          value={values.phoneNumberRegion}
          error={errorOf(problems, "phoneNumberRegion")}
          onChange={(phoneNumberRegion) => change({ phoneNumberRegion })}
        />
      </SimpleGrid>
      <Autocomplete
        label="Time zone"
        description="Where the days and months of limits begin."
        data={TIME_ZONES}
        limit={20}
        required
        value={values.timeZone}
        error={errorOf(problems, "timeZone")}
        onChange={(timeZone) => change({ timeZone })}
      />
      <PeriodLimitsInput
        limits={values.periodLimits}
        currency={group.currency}
        minorUnits={group.currencyMinorUnits}
        error={errorOf(problems, "periodLimits")}
        onChange={(periodLimits) => change({ periodLimits })}
      />
      <UniqueReferences
        checked={values.hasUniqueReferences}
        onChange={(hasUniqueReferences) => change({ hasUniqueReferences })}
      />
    </>
  );
}

function LimitFields({ values, onChange, problems, group }: GroupFieldsProps) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      {LIMITS.map(([name, label]) => (
        <MoneyInput
          key={name}
          label={label}
          placeholder="No limit"
          currency={group.currency}
          minorUnits={group.currencyMinorUnits}
          text={values.limits[name]}
          error={errorOf(problems, name)}
          onChange={(text) => onChange({ ...values, limits: { ...values.limits, [name]: text } })}
        />
      ))}
    </SimpleGrid>
  );
}

interface RegionInputProps {
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (region: string) => void;
}

export function RegionInput({ value, error, onChange }: RegionInputProps) {
  return (
    <TextInput
      label="Country of the phone numbers"
      description="A country’s code of two letters. Empty for any country."
      placeholder="Any country"
      maxLength={2}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value.toUpperCase())}
    />
  );
}

interface UniqueReferencesProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function UniqueReferences({ checked, onChange }: UniqueReferencesProps) {
  return (
    <Checkbox
      label="A merchant can use each reference only once"
      checked={checked}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
