import { refusalsIn } from "../api/problems.js";
import { useAction } from "../api/use-action.js";
import { ConfirmDialog } from "../components/confirm-dialog.js";
import { DialogButton } from "../components/dialog-button.js";
import { REVOKE_GROUP } from "./group-documents.js";

export interface RevokeGrantProps {
  readonly grant: {
    readonly slug: string;
    readonly merchantId: string;
    /** The names. */
    readonly group: string;
    readonly merchant: string;
  };
  /** What screen readers say for the button of this row. */
  readonly label: string;
  readonly readAgain: () => Promise<unknown>;
}

export function RevokeGrantButton({ grant, label, readAgain }: RevokeGrantProps) {
  return (
    <DialogButton label="Revoke" fullLabel={label} size="xs">
      {(close) => <RevokeDialog grant={grant} readAgain={readAgain} onClose={close} />}
    </DialogButton>
  );
}

function RevokeDialog({
  grant: { slug, merchantId, group, merchant },
  readAgain,
  onClose,
}: Omit<RevokeGrantProps, "label"> & { readonly onClose: () => void }) {
  const action = useAction(REVOKE_GROUP, refusalsIn, readAgain);
  return (
    <ConfirmDialog
      title="Revoke the grant"
      effect={
        <>
          From now on, every request of <bdi>{merchant}</bdi> for <bdi>{group}</bdi> is refused.
          What it has charged stays, and you can grant the group again.
        </>
      }
      label="Revoke the grant"
      isDangerous
      action={action}
      variables={{ slug, merchantId }}
      onClose={onClose}
    />
  );
}
