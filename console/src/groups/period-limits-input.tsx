import {
  Button,
  CloseButton,
  Fieldset,
  Group,
  NativeSelect,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { uuidv7 } from "uuidv7";
import { MoneyInput } from "../components/money-input.js";
import { parseMoney } from "../shared/money.js";
import type { PeriodLimit } from "./group-documents.js";
import type { PeriodLimitText } from "./limit-values.js";

const KINDS: Readonly<Record<PeriodLimit["kind"], string>> = {
  CHARGE: "Charges",
  DEBIT: "Debits and holds",
};
const MEASURES: Readonly<Record<PeriodLimit["measure"], string>> = {
  SUM: "Sum of amounts",
  COUNT: "Number",
};
const PERIODS: Readonly<Record<PeriodLimit["period"], string>> = {
  DAY: "A day",
  MONTH: "A month",
  ROLLING_HOURS: "The last hours",
};

const MOST = 10;

const NEW = { kind: "CHARGE", measure: "SUM", period: "DAY", hours: "", limit: "" } as const;

interface PeriodLimitsInputProps {
  readonly limits: readonly PeriodLimitText[];
  readonly onChange: (limits: readonly PeriodLimitText[]) => void;
  readonly currency: string;
  readonly minorUnits: number | null;
  readonly error: string | undefined;
}

/** What each pocket may be charged or debited in a period. */
export function PeriodLimitsInput(props: PeriodLimitsInputProps) {
  const { limits, onChange, currency, minorUnits, error } = props;
  const add = (): void => {
    onChange([...limits, { ...NEW, key: uuidv7() }]);
  };
  return (
    <Fieldset legend="Limits over time, for each pocket">
      <Stack gap="sm">
        {limits.map((limit, index) => (
          <LimitRow
            key={limit.key}
            limit={limit}
            number={index + 1}
            currency={currency}
            minorUnits={minorUnits}
            onChange={(changed) => onChange(limits.map((one) => (one === limit ? changed : one)))}
            onRemove={() => onChange(limits.filter((one) => one !== limit))}
          />
        ))}
        {error !== undefined && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {error}
          </Text>
        )}
        <Group>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} />}
            disabled={limits.length >= MOST}
            onClick={add}
          >
            Add a limit over time
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}

interface LimitRowProps {
  readonly limit: PeriodLimitText;
  /** From 1, for screen readers. */
  readonly number: number;
  readonly currency: string;
  readonly minorUnits: number | null;
  readonly onChange: (limit: PeriodLimitText) => void;
  readonly onRemove: () => void;
}

function LimitRow({ limit, number, currency, minorUnits, onChange, onRemove }: LimitRowProps) {
  const change = (changes: Partial<PeriodLimitText>): void => {
    onChange({ ...limit, ...changes });
  };
  return (
    <Group gap="xs" align="flex-start" role="group" aria-label={`Limit ${String(number)}`}>
      <Choice
        label="Counts"
        names={KINDS}
        value={limit.kind}
        onChange={(kind) => change({ kind })}
      />
      <Choice
        label="Measures"
        names={MEASURES}
        value={limit.measure}
        onChange={(measure) => change({ measure })}
      />
      <Choice
        label="In"
        names={PERIODS}
        value={limit.period}
        onChange={(period) => change({ period })}
      />
      {limit.period === "ROLLING_HOURS" && (
        <WholeNumberInput
          label="Hours"
          width={80}
          text={limit.hours}
          onChange={(hours) => change({ hours })}
        />
      )}
      {limit.measure === "SUM" ? (
        <MoneyInput
          label="At most"
          size="xs"
          w={160}
          text={limit.limit}
          currency={currency}
          minorUnits={minorUnits}
          onChange={(text) => change({ limit: text })}
        />
      ) : (
        <WholeNumberInput
          label="At most"
          width={160}
          text={limit.limit}
          onChange={(text) => change({ limit: text })}
        />
      )}
      <CloseButton mt={24} aria-label={`Remove limit ${String(number)}`} onClick={onRemove} />
    </Group>
  );
}

interface WholeNumberInputProps {
  readonly label: string;
  readonly width: number;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

function WholeNumberInput({ label, width, text, onChange }: WholeNumberInputProps) {
  const isNumber = text.trim() === "" || parseMoney(text, 0) !== null;
  return (
    <TextInput
      label={label}
      size="xs"
      w={width}
      inputMode="numeric"
      autoComplete="off"
      value={text}
      error={isNumber ? undefined : "Enter a whole number."}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly names: Readonly<Record<Value, string>>;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

function Choice<Value extends string>({ label, names, value, onChange }: ChoiceProps<Value>) {
  return (
    <NativeSelect
      label={label}
      size="xs"
      data={Object.entries(names).map(([one, name]) => ({ value: one, label: String(name) }))}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as Value)}
    />
  );
}
