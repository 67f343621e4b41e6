import { Button } from "@mantine/core";
import { useState } from "react";
import { useViewer } from "../../api/viewer.js";
import { EditDialog } from "../change/edit-dialog.js";
import { RefundDialog } from "../change/refund-dialog.js";
import { StatusDialog, type StatusKind } from "../change/status-dialog.js";
import { CHARGE_EFFECTS } from "../change/status-effects.js";
import { UPDATE_CHARGE } from "../change/updates.js";
import { CHARGE_TRANSITIONS, type ChargeStatus } from "../transitions.js";
import { type Charge, leftOf } from "./charge-query.js";

const STATUS: StatusKind<ChargeStatus> = {
  document: UPDATE_CHARGE,
  transitions: CHARGE_TRANSITIONS,
  effects: CHARGE_EFFECTS,
  noun: "charge",
};

interface ChargeActionsProps {
  readonly charge: Charge;
  readonly reload: () => Promise<Charge | undefined>;
}

/** What can be done with the charge now, by a token that may. */
export function ChargeActions({ charge, reload }: ChargeActionsProps) {
  const { may } = useViewer();
  const [open, setOpen] = useState<"refund" | "status" | "edit" | null>(null);
  if (!may("PAYMENTS_WRITE")) return null;
  const left = leftOf(charge);
  const isRefundable = left.amount + left.deposit > 0;
  const onClose = (): void => setOpen(null);
  return (
    <>
      {isRefundable && <Button onClick={() => setOpen("refund")}>Refund</Button>}
      <Button variant="default" onClick={() => setOpen("status")}>
        Change status
      </Button>
      <Button variant="default" onClick={() => setOpen("edit")}>
        Edit texts
      </Button>
      {open === "refund" && <RefundDialog charge={charge} reload={reload} onClose={onClose} />}
      {open === "status" && (
        <StatusDialog kind={STATUS} record={charge} reload={reload} onClose={onClose} />
      )}
      {open === "edit" && (
        <EditDialog document={UPDATE_CHARGE} record={charge} reload={reload} onClose={onClose} />
      )}
    </>
  );
}
