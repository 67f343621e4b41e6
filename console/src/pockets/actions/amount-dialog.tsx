import type { ReactNode } from "react";
import { errorOf } from "../../components/action-dialog.js";
import type { Group } from "../pocket-queries.js";
import { AmountInput, type AmountState } from "./amount-input.js";
import { ItemDialog, type ItemDialogProps } from "./item-dialog.js";

interface AmountDialogProps extends Omit<ItemDialogProps, "effect" | "fields" | "onRun"> {
  readonly group: Group;
  readonly amount: AmountState;
  /** The lower and upper limits of the amount, where there are any. */
  readonly min?: number | null | undefined;
  readonly max?: number | null | undefined;
  readonly action: ItemDialogProps["action"] & { readonly reset: () => void };
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
  return (
    <ItemDialog
      title={props.title}
      label={props.label}
      action={props.action}
      onClose={props.onClose}
      fields={["amount", ...otherFields]}
      effect={amount === null ? null : effect(amount)}
      onRun={() => {
        if (amount !== null) void props.onRun(amount);
      }}
    >
      {props.above}
      <AmountInput
        {...{ state, group, min, max }}
        error={errorOf(props.action.problems, "amount")}
        onChange={props.action.reset}
      />
      {props.children}
    </ItemDialog>
  );
}
