import type { ReactNode } from "react";
import { errorOf } from "../../components/action-dialog.js";
import type { Group } from "../pocket-queries.js";
import { AmountInput, type AmountState } from "./amount-input.js";
import type { Foreseen } from "./foreseen.js";
import { ItemDialog, type ItemDialogProps } from "./item-dialog.js";

interface AmountDialogProps extends Omit<ItemDialogProps, "effect" | "fields" | "onRun"> {
  readonly group: Group;
  readonly amount: AmountState;
  /** The lower and upper limits of the amount, where there are any. */
  readonly min?: number | null | undefined;
  readonly max?: number | null | undefined;
  readonly action: ItemDialogProps["action"] & { readonly reset: () => void };
  /** Why the server would refuse the amount, as far as the page knows. */
  readonly foresee: (amount: number) => Foreseen;
  /** What the action will do with the amount; null while another field is missing. */
  readonly effect: (amount: number) => ReactNode;
  /** The fields of the form, other than the amount, that show their own refusals. */
  readonly otherFields?: readonly string[];
  readonly onRun: (amount: number) => Promise<void>;
  /** What the dialog shows above the amount. Its children are below. */
  readonly above?: ReactNode;
}

/** A dialog whose action has an amount. */
export function AmountDialog(props: AmountDialogProps) {
  const { group, amount: state, min, max, effect, otherFields = [] } = props;
  const { amount } = state;
  const { isRunning, isUnsettled, problems } = props.action;
  // An attempt that is under way or unanswered may already be part of what the page knows.
  const isOpen = amount === null || isRunning || isUnsettled;
  const refusal = isOpen ? undefined : props.foresee(amount);
  return (
    <ItemDialog
      title={props.title}
      label={props.label}
      action={props.action}
      onClose={props.onClose}
      fields={["amount", ...otherFields]}
      effect={amount === null || refusal !== undefined ? null : effect(amount)}
      onRun={() => {
        if (amount !== null) void props.onRun(amount);
      }}
    >
      {props.above}
      <AmountInput
        {...{ state, group, min, max }}
        error={refusal ?? errorOf(problems, "amount")}
        onChange={props.action.reset}
      />
      {props.children}
    </ItemDialog>
  );
}
