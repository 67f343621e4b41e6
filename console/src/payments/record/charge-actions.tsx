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
  /** Gets a sentence about what was done, and null when the person begins the next action. */
  readonly onDone: (message: string | null) => void;
}

/** What can be done with the charge now, by a token that may. */
export function ChargeActions({ charge, reload, onDone }: ChargeActionsProps) {
  const { may } = useViewer();
  const [dialog, setDialog] = useState<"refund" | "status" | "edit" | null>(null);
  if (!may("PAYMENTS_WRITE")) return null;
  const left = leftOf(charge);
  const isRefundable = left.amount + left.deposit > 0;
  const onClose = (): void => setDialog(null);
  const open = (next: typeof dialog): void => {
    onDone(null);
    setDialog(next);
  };
  return (
    <>
      {isRefundable && <Button onClick={() => open("refund")}>Record a refund</Button>}
      <Button variant="default" onClick={() => open("status")}>
        Change status
      </Button>
      <Button variant="default" onClick={() => open("edit")}>
        Edit details
      </Button>
      {dialog === "refund" && (
        <RefundDialog
          {...{ charge, reload, onClose }}
          onDone={(message) => {
            onClose();
            onDone(message);
          }}
        />
      )}
      {dialog === "status" && (
        <StatusDialog kind={STATUS} record={charge} reload={reload} onClose={onClose} />
      )}
      {dialog === "edit" && (
        <EditDialog document={UPDATE_CHARGE} record={charge} reload={reload} onClose={onClose} />
      )}
    </>
  );
}
