import { Fieldset, Radio, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { uuidv7 } from "uuidv7";
import type { Problem } from "../../api/problems.js";
import { useChange } from "../../api/use-change.js";
import { ActionDialog, errorOf } from "../../components/action-dialog.js";
import { MoneyInput } from "../../components/money-input.js";
import { wordsOf } from "../../shared/words.js";
import type { Charge } from "../record/charge-query.js";
import { LeftToRefund, allOf } from "./left-to-refund.js";
import {
  REFUND_CHARGE,
  type RefundForm,
  checkRefund,
  doneOf,
  effectOf,
  introOf,
  moneyOf,
} from "./refund-charge.js";

interface RefundDialogProps {
  readonly charge: Charge;
  /** Reads the charge again. Its page then shows the refund. */
  readonly reload: () => Promise<Charge | undefined>;
  readonly onClose: () => void;
  /** Gets a sentence about the recorded refund. */
  readonly onDone: (message: string) => void;
}

const KEY_REUSED =
  "An earlier attempt has recorded this refund with other values. Close this dialog, and look at the refunds of the charge.";
const FIELDS = ["amountInCents", "depositInCents", "reason", "provider"];

/** Refunds what is left of a charge, or a part of it. */
export function RefundDialog({ charge, reload, onClose, onDone }: RefundDialogProps) {
  // Once for the dialog: an attempt after a lost response then finds the refund that the first one made.
  const [idempotencyKey] = useState(() => uuidv7());
  const [form, setForm] = useState(() => prefilled(charge));
  const [isDepositTyped, setDepositTyped] = useState(false);
  const checked = checkRefund(charge, form);
  const change = useChange({
    document: REFUND_CHARGE,
    readAnswer: ({ createPaymentRefund: { userErrors } }) => userErrors.map(problemOf),
    reload,
    isMade: () => false,
    onDone: () => onDone(doneOf(charge, form, checked)),
  });
  const isFixed = change.isUnsettled || change.isRunning;
  const run = (): void => {
    const input = {
      paymentChargeId: charge.id,
      idempotencyKey,
      amountInCents: checked.amount,
      depositInCents: checked.deposit,
      provider: form.provider,
      reason: form.reason.trim() || null,
    };
    void change.run({ input });
  };
  return (
    <ActionDialog
      title="Record a refund"
      effect={effectOf(charge, form, checked)}
      label={
        checked.canRun
          ? `Record a refund of ${moneyOf(charge, checked.amount + checked.deposit)}`
          : "Record a refund"
      }
      canRun={checked.canRun}
      action={change}
      isUnsettled={change.isUnsettled}
      fields={FIELDS}
      onRun={run}
      onClose={onClose}
    >
      <Fieldset variant="unstyled" disabled={isFixed}>
        <Stack>
          <Text size="sm">{introOf(form)}</Text>
          <LeftToRefund
            charge={charge}
            isDisabled={isFixed}
            onFill={(texts) => {
              setDepositTyped(false);
              setForm({ ...form, ...texts });
            }}
          />
          <MoneyInput
            label="Amount"
            currency={charge.currency}
            minorUnits={charge.currencyMinorUnits}
            text={form.amount}
            error={checked.amountError ?? errorOf(change.problems, "amountInCents")}
            onChange={(amount) => {
              // A person who types an amount means that amount: do not refund the prefilled deposit with it.
              setForm({ ...form, amount, deposit: isDepositTyped ? form.deposit : "" });
            }}
          />
          {charge.depositInCents > 0 && (
            <MoneyInput
              label="Deposit"
              currency={charge.currency}
              minorUnits={charge.currencyMinorUnits}
              text={form.deposit}
              error={checked.depositError ?? errorOf(change.problems, "depositInCents")}
              onChange={(deposit) => {
                setDepositTyped(true);
                setForm({ ...form, deposit });
              }}
            />
          )}
          <ProviderChoice
            charge={charge}
            form={form}
            error={errorOf(change.problems, "provider")}
            onChange={setForm}
          />
          <Textarea
            label="Reason"
            description="Optional, for your own records."
            dir="auto"
            autosize
            value={form.reason}
            error={errorOf(change.problems, "reason")}
            onChange={(event) => setForm({ ...form, reason: event.currentTarget.value })}
          />
        </Stack>
      </Fieldset>
    </ActionDialog>
  );
}

interface ProviderChoiceProps {
  readonly charge: Charge;
  readonly form: RefundForm;
  readonly error: string | undefined;
  readonly onChange: (form: RefundForm) => void;
}

/** A refund goes by the charge's provider, or by none. */
function ProviderChoice({ charge, form, error, onChange }: ProviderChoiceProps) {
  if (charge.provider === "NONE") return null;
  return (
    <Radio.Group
      label="Refunded by"
      value={form.provider}
      error={error}
      onChange={(value) =>
        onChange({ ...form, provider: value === "NONE" ? value : charge.provider })
      }
    >
      <Stack gap={6} mt={4}>
        <Radio value={charge.provider} label={wordsOf(charge.provider)} />
        <Radio value="NONE" label="No provider: cash or a bank transfer" />
      </Stack>
    </Radio.Group>
  );
}

function prefilled(charge: Charge): RefundForm {
  return { ...allOf(charge), provider: charge.provider, reason: "" };
}

interface RefundError {
  readonly code: string;
  readonly field: readonly string[] | null;
  readonly message: string;
}

/** The server's message states what is left in minor units; the form does so in the currency, from the reloaded charge. */
function problemOf({ code, field, message }: RefundError): Problem {
  if (code === "IDEMPOTENCY_KEY_REUSED") return { code, field: null, message: KEY_REUSED };
  if (code === "EXCEEDS_REFUNDABLE") {
    const words = "Less than this is left to refund. What is left is stated above.";
    return { code, field: field?.[0] ?? null, message: words };
  }
  return { code, field: field?.[0] ?? null, message };
}
