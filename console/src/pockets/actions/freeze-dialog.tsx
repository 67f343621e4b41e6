import { Radio, Stack } from "@mantine/core";
import { useState } from "react";
import { graphql } from "../../api/graphql.js";
import { refusalsIn } from "../../api/problems.js";
import { useAction } from "../../api/use-action.js";
import { errorOf } from "../../components/action-dialog.js";
import { refusalOf } from "../freeze.js";
import type { Freeze } from "../pocket-queries.js";
import { ItemDialog } from "./item-dialog.js";
import { NoteInput } from "./texts-input.js";
import type { PocketActionProps } from "./use-item-action.js";

const FREEZE = graphql(`
  mutation FreezePocket($slug: String!, $phoneNumber: String!, $input: UpdatePocketInput!) {
    updatePocket(pocketGroupSlug: $slug, phoneNumber: $phoneNumber, input: $input) {
      pocket {
        id
      }
      userErrors {
        field
        message
      }
    }
  }
`);

/** The choices, in their order. */
const CHOICES: Readonly<Record<Freeze, string>> = {
  NONE: "Unfreeze: block nothing",
  DEBITS: "Block spending",
  BOTH: "Block spending and charges",
  CREDITS: "Block charges",
};

function effectOf(freeze: Freeze): string {
  return freeze === "NONE"
    ? "Lifts the freeze: the pocket can be charged and spent again."
    : `${refusalOf(freeze)} Holds can be released.`;
}

/** Freezes a pocket, changes what its freeze blocks, or lifts it. */
export function FreezeDialog({ pocket, group, reload, onClose }: PocketActionProps) {
  const isFrozen = pocket.freezeScope !== "NONE";
  const [freeze, setFreeze] = useState<Freeze>(isFrozen ? "NONE" : "DEBITS");
  const [reason, setReason] = useState("");
  const action = useAction(FREEZE, refusalsIn, reload);
  const choices = (Object.keys(CHOICES) as Freeze[]).filter((one) => isFrozen || one !== "NONE");
  const isLifting = freeze === "NONE";
  const run = async (): Promise<void> => {
    const { phoneNumber } = pocket;
    const input = { freeze, reason: reason.trim() === "" ? null : reason.trim() };
    if (await action.run({ slug: group.slug, phoneNumber, input })) {
      onClose(isLifting ? "The pocket is no longer frozen." : "The pocket is frozen.");
    }
  };
  return (
    <ItemDialog
      title={
        isFrozen
          ? `Unfreeze ${pocket.phoneNumber}, or change its freeze`
          : `Freeze ${pocket.phoneNumber}`
      }
      label={isLifting ? "Unfreeze" : "Freeze"}
      isDangerous={!isLifting}
      action={action}
      fields={["reason"]}
      effect={effectOf(freeze)}
      onRun={() => void run()}
      onClose={onClose}
    >
      <Radio.Group
        label="What to block"
        value={freeze}
        onChange={(value) => setFreeze(choices.find((choice) => choice === value) ?? freeze)}
      >
        <Stack gap="xs" mt="xs">
          {choices.map((choice) => (
            <Radio key={choice} value={choice} label={CHOICES[choice]} />
          ))}
        </Stack>
      </Radio.Group>
      <NoteInput
        label="Reason (optional)"
        value={reason}
        error={errorOf(action.problems, "reason")}
        onChange={(text) => {
          setReason(text);
          action.reset();
        }}
      />
    </ItemDialog>
  );
}
