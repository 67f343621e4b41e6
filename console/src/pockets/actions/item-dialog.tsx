import { Fieldset, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import type { Problem } from "../../api/problems.js";
import { ActionDialog } from "../../components/action-dialog.js";

export interface ItemDialogProps {
  readonly title: string;
  /** The button that does it, such as "Charge the pocket". */
  readonly label: string;
  /** What the action will do; null while the form is not complete. */
  readonly effect: ReactNode;
  readonly isDangerous?: boolean;
  readonly action: {
    readonly isRunning: boolean;
    readonly isUnsettled: boolean;
    readonly problems: readonly Problem[];
  };
  /** The fields of the form that show their own refusals. */
  readonly fields: readonly string[];
  readonly onRun: () => void;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

/** A dialog whose values are locked while an attempt is without an answer. */
export function ItemDialog(props: ItemDialogProps) {
  const { action, effect, onClose, children, ...rest } = props;
  const isMissing = effect === null;
  return (
    <ActionDialog
      {...rest}
      // Without the event of the button, which is no description of what was done.
      onClose={() => onClose()}
      action={action}
      isUnsettled={action.isUnsettled}
      canRun={!isMissing}
      effect={isMissing ? "Fill in the form to see what will happen." : effect}
    >
      {children !== undefined && (
        <Fieldset variant="unstyled" disabled={action.isUnsettled || action.isRunning}>
          <Stack>{children}</Stack>
        </Fieldset>
      )}
    </ActionDialog>
  );
}
