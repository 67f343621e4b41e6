import { TextInput } from "@mantine/core";
import { useState } from "react";
import { graphql } from "../../api/graphql.js";
import { errorOf } from "../../components/action-dialog.js";
import { formatTime, instantOf } from "../../shared/time.js";
import { moneyText } from "../pocket-money.js";
import { AmountDialog } from "./amount-dialog.js";
import { useAmount } from "./amount-input.js";
import { foreseeDebit } from "./foreseen.js";
import { SpendingEffect } from "./spending-effect.js";
import { TextsInput, useTexts } from "./texts-input.js";
import { type PocketActionProps, useItemAction } from "./use-item-action.js";

const HOLD = graphql(`
  mutation HoldPocket($input: HoldPocketsInput!) {
    holdPockets(input: $input) {
      results {
        status
        code
        message
        wasMadeBefore
        available
        remaining
        resetsAt
        pocketHold {
          id
          pocket {
            id
          }
        }
      }
    }
  }
`);

/** Reserves an amount of a pocket. */
export function HoldDialog({ pocket, group, reload, onClose }: PocketActionProps) {
  const amount = useAmount(group);
  const texts = useTexts();
  const [expiry, setExpiry] = useState("");
  const expiresAt = instantOf(expiry);
  const action = useItemAction(HOLD, (data) => data.holdPockets.results[0], group, reload);
  const run = async (value: number): Promise<void> => {
    const { phoneNumber } = pocket;
    const hold = { token: action.token, phoneNumber, amount: value, expiresAt, ...texts.input };
    const input = { pocketGroupSlug: group.slug, holds: [hold] };
    if (await action.run({ input })) onClose(`Held ${moneyText(value, group)}.`);
  };
  return (
    <AmountDialog
      title={`Hold an amount of ${pocket.phoneNumber}`}
      label="Hold"
      {...{ group, amount, action }}
      min={group.minDebitAmount}
      max={group.maxDebitAmount}
      foresee={(value) => foreseeDebit(value, pocket, group)}
      otherFields={["expiresAt", "reference", "note"]}
      effect={(value) => (
        <SpendingEffect verb="Reserves" {...{ pocket, group }} amount={value}>
          {`The hold stays open until it is captured or released${
            expiresAt === null ? "" : `, or until it expires on ${formatTime(expiresAt)}`
          }. `}
        </SpendingEffect>
      )}
      onRun={run}
      onClose={onClose}
    >
      <TextInput
        type="datetime-local"
        label="Expires (optional)"
        value={expiry}
        error={errorOf(action.problems, "expiresAt")}
        onChange={(event) => {
          setExpiry(event.currentTarget.value);
          action.reset();
        }}
      />
      <TextsInput state={texts} problems={action.problems} onChange={action.reset} />
    </AmountDialog>
  );
}
