import type { ReactNode } from "react";
import type { Action } from "../api/use-action.js";
import { ActionDialog } from "./action-dialog.js";

interface ConfirmDialogProps<Variables> {
  readonly title: string;
  /** What the action will do, in words. */
  readonly effect: ReactNode;
  readonly label: string;
  readonly isDangerous?: boolean;
  readonly action: Action<Variables>;
  readonly variables: Variables;
  /** What follows, in place of closing the dialog. */
  readonly onDone?: () => void;
  readonly onClose: () => void;
}

/** Asks before an action that needs no further values. */
export function ConfirmDialog<Variables>(props: ConfirmDialogProps<Variables>) {
  const { action, variables, onDone, onClose, ...dialog } = props;
  return (
    <ActionDialog
      {...dialog}
      canRun
      action={action}
      onClose={onClose}
      onRun={() => {
        void action.run(variables).then((isDone) => {
          if (isDone) (onDone ?? onClose)();
        });
      }}
    />
  );
}
