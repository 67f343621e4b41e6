import { Radio, Stack } from "@mantine/core";
import { useState } from "react";
import { graphql } from "../../api/graphql.js";
import { problemsOf } from "../../api/problems.js";
import { useAction } from "../../api/use-action.js";
import { errorOf } from "../../components/action-dialog.js";
import { FREEZES } from "../freeze.js";
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

/** What each choice does, in words. */
const EFFECTS: Readonly<Record<Freeze, string>> = {
  NONE: "Lifts the freeze: the pocket can be charged and spent again.",
  DEBITS: "Refuses debits, holds, captures and reversals of charges from now on.",
  CREDITS: "Refuses charges and reversals of debits from now on.",
  BOTH: "Refuses charges, debits, holds, captures and reversals from now on. Holds can be released.",
};

const CHOICES: readonly Freeze[] = ["BOTH", "DEBITS", "CREDITS"];

/** Freezes a pocket, changes what its freeze refuses, or lifts it. */
export function FreezeDialog({ pocket, group, reload, onClose }: PocketActionProps) {
  const isFrozen = pocket.freezeScope !== "NONE";
  const [freeze, setFreeze] = useState<Freeze>(isFrozen ? "NONE" : "BOTH");
  const [reason, setReason] = useState("");
  const action = useAction(FREEZE, (data) => problemsOf(data.updatePocket.userErrors), reload);
  const isLifting = freeze === "NONE";
  const run = async (): Promise<void> => {
    const { phoneNumber } = pocket;
    const input = { freeze, reason: reason.trim() === "" ? null : reason.trim() };
    if (await action.run({ slug: group.slug, phoneNumber, input })) {
      onClose(isLifting ? "Lifted the freeze." : `Froze the pocket: ${FREEZES[freeze]}.`);
    }
  };
  return (
    <ItemDialog
      title={isFrozen ? "Change or lift the freeze" : "Freeze the pocket"}
      label={isLifting ? "Lift the freeze" : "Freeze"}
      isDangerous={!isLifting}
      action={action}
      fields={["reason"]}
      effect={EFFECTS[freeze]}
      onRun={() => void run()}
      onClose={() => onClose()}
    >
      <Radio.Group
        label="What is refused"
        value={freeze}
        onChange={(value) =>
          setFreeze([...CHOICES, "NONE" as const].find((one) => one === value) ?? "BOTH")
        }
      >
        <Stack gap="xs" mt="xs">
          {isFrozen && <Radio value="NONE" label="Nothing: lift the freeze" />}
          {CHOICES.map((choice) => (
            <Radio key={choice} value={choice} label={FREEZES[choice]} />
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
