import { Button } from "@mantine/core";
import { useState } from "react";
import { useViewer } from "../api/viewer.js";
import { EmptyState } from "../components/states.js";
import { ChargeDialog } from "./actions/charge-dialog.js";
import type { Group } from "./pocket-queries.js";

interface NoPocketProps {
  readonly group: Group;
  readonly phoneNumber: string;
  /** Shows the new pocket, and what was done, in words. */
  readonly onCharged: (phoneNumber: string, done: string) => Promise<void>;
}

/** A number without a pocket, whose first charge creates it. */
export function NoPocket({ group, phoneNumber, onCharged }: NoPocketProps) {
  const [isCharging, setCharging] = useState(false);
  const mayCharge = useViewer().may("POCKETS_CHARGE") && group.isActive;
  return (
    <EmptyState
      title={`${phoneNumber} has no pocket in ${group.name}`}
      text={
        mayCharge
          ? "Check the number first. If it is right, its first charge creates the pocket."
          : "A pocket is created by the first charge of its number, which this token may not make."
      }
    >
      {mayCharge && (
        <Button variant="default" onClick={() => setCharging(true)}>
          Charge (top up) this number
        </Button>
      )}
      {isCharging && (
        <ChargeDialog
          {...{ group, phoneNumber }}
          pocket={null}
          onDone={onCharged}
          onClose={() => setCharging(false)}
        />
      )}
    </EmptyState>
  );
}
