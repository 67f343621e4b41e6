import { Button, Group, Text } from "@mantine/core";
import { editableMoney } from "../../shared/money.js";
import { type Charge, leftInWords, leftOf } from "../record/charge-query.js";

/** The texts of the two amounts of a refund. */
export interface RefundTexts {
  readonly amount: string;
  readonly deposit: string;
}

interface LeftToRefundProps {
  readonly charge: Charge;
  readonly isDisabled: boolean;
  readonly onFill: (texts: RefundTexts) => void;
}

/** What is left to refund, with buttons that enter all or half of it. */
export function LeftToRefund({ charge, isDisabled, onFill }: LeftToRefundProps) {
  return (
    <Group justify="space-between" gap="xs">
      <Text size="sm">Left to refund: {leftInWords(charge)}</Text>
      <Group gap="xs">
        <Button
          variant="default"
          size="xs"
          disabled={isDisabled}
          onClick={() => onFill(halfOf(charge))}
        >
          Half
        </Button>
        <Button
          variant="default"
          size="xs"
          disabled={isDisabled}
          onClick={() => onFill(allOf(charge))}
        >
          All
        </Button>
      </Group>
    </Group>
  );
}

/** Everything that is left. */
export function allOf(charge: Charge): RefundTexts {
  const left = leftOf(charge);
  return textsOf(charge, left.amount, left.deposit);
}

/** Half of the total, rounded down. What the deposit loses by rounding is part of the amount. */
function halfOf(charge: Charge): RefundTexts {
  const left = leftOf(charge);
  const deposit = Math.floor(left.deposit / 2);
  return textsOf(charge, Math.floor((left.amount + left.deposit) / 2) - deposit, deposit);
}

function textsOf(charge: Charge, amount: number, deposit: number): RefundTexts {
  const text = (value: number): string => editableMoney(value, charge.currencyMinorUnits);
  return { amount: text(amount), deposit: charge.depositInCents > 0 ? text(deposit) : "" };
}
