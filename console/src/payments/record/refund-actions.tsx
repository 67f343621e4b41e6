import { Button } from "@mantine/core";
import { useState } from "react";
import { useViewer } from "../../api/viewer.js";
import { EditDialog } from "../change/edit-dialog.js";
import { REFUND_STATUS } from "../change/refund-status.js";
import { StatusDialog } from "../change/status-dialog.js";
import { UPDATE_REFUND } from "../change/updates.js";
import { REFUND_TRANSITIONS, UNDER_WAY } from "../transitions.js";
import type { Refund } from "./refund-query.js";

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
        Edit details
      </Button>
      {open === "cancel" && <StatusDialog kind={REFUND_STATUS} target="CANCELED" {...dialog} />}
      {open === "status" && <StatusDialog kind={REFUND_STATUS} {...dialog} />}
      {open === "edit" && <EditDialog document={UPDATE_REFUND} {...dialog} />}
    </>
  );
}
