import { Button } from "@mantine/core";
import { useState } from "react";
import { useViewer } from "../../api/viewer.js";
import { EditDialog } from "../change/edit-dialog.js";
import { StatusDialog, type StatusKind } from "../change/status-dialog.js";
import { AUTHORIZATION_EFFECTS } from "../change/status-effects.js";
import { UPDATE_AUTHORIZATION } from "../change/updates.js";
import { AUTHORIZATION_TRANSITIONS, type AuthorizationStatus } from "../transitions.js";
import type { Authorization } from "./authorization-query.js";

const STATUS: StatusKind<AuthorizationStatus> = {
  document: UPDATE_AUTHORIZATION,
  transitions: AUTHORIZATION_TRANSITIONS,
  effects: AUTHORIZATION_EFFECTS,
  noun: "authorization",
};

interface AuthorizationActionsProps {
  readonly authorization: Authorization;
  readonly reload: () => Promise<Authorization | undefined>;
}

/** What can be done with the authorization now, by a token that may. */
export function AuthorizationActions({ authorization, reload }: AuthorizationActionsProps) {
  const { may } = useViewer();
  const [open, setOpen] = useState<"status" | "edit" | null>(null);
  if (!may("PAYMENTS_WRITE")) return null;
  const dialog = { record: authorization, reload, onClose: () => setOpen(null) };
  return (
    <>
      <Button variant="default" onClick={() => setOpen("status")}>
        Change status
      </Button>
      <Button variant="default" onClick={() => setOpen("edit")}>
        Edit details
      </Button>
      {open === "status" && <StatusDialog kind={STATUS} {...dialog} />}
      {open === "edit" && <EditDialog document={UPDATE_AUTHORIZATION} {...dialog} />}
    </>
  );
}
