import { Select, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useChange } from "../../api/use-change.js";
import { ActionDialog, errorOf } from "../../components/action-dialog.js";
import { wordsOf } from "../../shared/words.js";
import type { Transitions } from "../transitions.js";
import type { StatusEffects } from "./status-effects.js";
import {
  type RecordDialogProps,
  type UpdateDocument,
  type Versioned,
  refusalsOf,
} from "./updates.js";

interface StatusInput<Status extends string> {
  status: Status;
  expectedUpdatedAt: string;
  failureReason?: string;
}

export interface StatusKind<Status extends string> {
  readonly document: UpdateDocument<StatusInput<Status>>;
  readonly transitions: Transitions<Status>;
  readonly effects: StatusEffects<Status>;
  /** "charge" */
  readonly noun: string;
  readonly hasFailureReason?: boolean;
}

type StatusRecord<Status extends string> = Versioned & { readonly status: Status };

interface StatusDialogProps<
  Status extends string,
  Record extends StatusRecord<Status>,
> extends RecordDialogProps<Record> {
  readonly kind: StatusKind<Status>;
  /** The status to set, if the person has already chosen it. */
  readonly target?: Status;
}

/** Sets one of the statuses that the rules allow, after saying what that means. */
export function StatusDialog<Status extends string, Record extends StatusRecord<Status>>(
  props: StatusDialogProps<Status, Record>,
) {
  const { kind, record, reload, onClose } = props;
  const [target, setTarget] = useState<Status | null>(props.target ?? null);
  const [reason, setReason] = useState("");
  const [expectedUpdatedAt, setExpected] = useState(record.updatedAt);
  const change = useChange({
    document: kind.document,
    readAnswer: refusalsOf,
    reload: async () => {
      const fresh = await reload();
      if (fresh) setExpected(fresh.updatedAt);
      return fresh;
    },
    isMade: (fresh, { input }) => fresh.status === input.status,
    onDone: onClose,
  });
  const allowed = kind.transitions[record.status];
  const isAllowed = target !== null && allowed.includes(target);
  const hasReason = kind.hasFailureReason === true && target === "FAILED";
  return (
    <ActionDialog
      title={props.target ? `${titleOf(props.target)} the ${kind.noun}` : "Change the status"}
      effect={effectOf(kind, record.status, target)}
      label={target === null ? "Change the status" : `Set to ${wordsOf(target).toLowerCase()}`}
      isDangerous={target === "FAILED" || target === "CANCELED"}
      canRun={isAllowed}
      action={change}
      isUnsettled={change.isUnsettled}
      fields={["status"]}
      onClose={onClose}
      onRun={() => {
        if (!isAllowed) return;
        const failureReason = hasReason && reason.trim() !== "" ? { failureReason: reason } : {};
        const input = { status: target, expectedUpdatedAt, ...failureReason };
        void change.run({ id: record.id, input });
      }}
    >
      <Text size="sm">
        Pocketcharge records the status. It moves no money, and sends nothing to the payment
        provider.
      </Text>
      <Select
        label="New status"
        placeholder="Choose a status"
        data={allowed.map((value) => ({ value, label: wordsOf(value) }))}
        value={target}
        error={errorOf(change.problems, "status")}
        onChange={(value) => {
          setTarget(allowed.find((one) => one === value) ?? null);
        }}
      />
      {hasReason && (
        <TextInput
          label="Reason of the failure"
          description="As the provider gave it. Optional."
          dir="auto"
          value={reason}
          onChange={(event) => {
            setReason(event.currentTarget.value);
          }}
        />
      )}
    </ActionDialog>
  );
}

function titleOf(status: string): string {
  return status === "CANCELED" ? "Cancel" : "Change";
}

function effectOf<Status extends string>(
  { transitions, effects, noun }: StatusKind<Status>,
  from: Status,
  to: Status | null,
): string {
  if (to === null) return "Choose a status to see what it means.";
  if (from === to) return `The ${noun} is already ${wordsOf(to).toLowerCase()}.`;
  if (!transitions[from].includes(to)) {
    return `The ${noun} is now ${wordsOf(from).toLowerCase()}, which cannot become ${wordsOf(to).toLowerCase()}.`;
  }
  return `The ${noun} changes from ${wordsOf(from).toLowerCase()} to ${wordsOf(to).toLowerCase()}. ${effects[to]}`;
}
