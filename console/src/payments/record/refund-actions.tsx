import { Button } from "@mantine/core";
import { useState } from "react";
import { useViewer } from "../../api/viewer.js";
import { EditDialog } from "../change/edit-dialog.js";
import { StatusDialog, type StatusKind } from "../change/status-dialog.js";
import { REFUND_EFFECTS } from "../change/status-effects.js";
import { UPDATE_REFUND } from "../change/updates.js";
import { REFUND_TRANSITIONS, type RefundStatus, UNDER_WAY } from "../transitions.js";
import type { Refund } from "./refund-query.js";

const STATUS: StatusKind<RefundStatus> = {
  document: UPDATE_REFUND,
  transitions: REFUND_TRANSITIONS,
  effects: REFUND_EFFECTS,
  noun: "refund",
  hasFailureReason: true,
};

interface RefundActionsProps {
  readonly refund: Refund;
  readonly reload: () => Promise<Refund | undefined>;
}

/** What can be done with the refund now, by a token that may. */
export function RefundActions({ refund, reload }: RefundActionsProps) {
  const { may } = useViewer();
  const [open, setOpen] = useState<"cancel" | "status" | "edit" | null>(null);
  if (!may("PAYMENTS_WRITE")) return null;
  const next = REFUND_TRANSITIONS[refund.status];
  const isCancelable = UNDER_WAY.includes(refund.status) && next.includes("CANCELED");
  const dialog = { record: refund, reload, onClose: () => setOpen(null) };
  return (
    <>
      {isCancelable && (
        <Button variant="default" onClick={() => setOpen("cancel")}>
          Cancel the refund
        </Button>
      )}
      {next.length > 0 && (
        <Button variant="default" onClick={() => setOpen("status")}>
          Change status
        </Button>
      )}
      <Button variant="default" onClick={() => setOpen("edit")}>
        Edit texts
      </Button>
      {open === "cancel" && <StatusDialog kind={STATUS} target="CANCELED" {...dialog} />}
      {open === "status" && <StatusDialog kind={STATUS} {...dialog} />}
      {open === "edit" && <EditDialog document={UPDATE_REFUND} {...dialog} />}
    </>
  );
}
