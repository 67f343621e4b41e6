import type { Entry, Hold } from "../pocket-queries.js";
import { CaptureDialog } from "./capture-dialog.js";
import { ChargeDialog } from "./charge-dialog.js";
import { DebitDialog } from "./debit-dialog.js";
import { FreezeDialog } from "./freeze-dialog.js";
import { HoldDialog } from "./hold-dialog.js";
import { ReleaseDialog } from "./release-dialog.js";
import { ReverseDialog } from "./reverse-dialog.js";
import type { PocketActionProps } from "./use-item-action.js";

/** The dialog that is open on a pocket's page. */
export type OpenDialog =
  | { readonly kind: "charge" | "debit" | "hold" | "freeze" }
  | { readonly kind: "reverse"; readonly entry: Entry }
  | { readonly kind: "capture" | "release"; readonly hold: Hold };

export function PocketDialog({
  dialog,
  ...props
}: PocketActionProps & { readonly dialog: OpenDialog }) {
  switch (dialog.kind) {
    case "charge":
      return (
        <ChargeDialog {...props} phoneNumber={props.pocket.phoneNumber} onDone={props.reload} />
      );
    case "debit":
      return <DebitDialog {...props} />;
    case "hold":
      return <HoldDialog {...props} />;
    case "freeze":
      return <FreezeDialog {...props} />;
    case "reverse":
      return <ReverseDialog {...props} entry={dialog.entry} />;
    case "capture":
      return <CaptureDialog {...props} hold={dialog.hold} />;
    case "release":
      return <ReleaseDialog {...props} hold={dialog.hold} />;
  }
}
