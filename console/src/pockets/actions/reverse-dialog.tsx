import { useState } from "react";
import { graphql } from "../../api/graphql.js";
import { describe, reversibleAmountOf } from "../entry.js";
import { PocketMoney, moneyText } from "../pocket-money.js";
import type { Entry, Group, Pocket } from "../pocket-queries.js";
import { AmountDialog } from "./amount-dialog.js";
import { useAmount } from "./amount-input.js";
import { foreseeReversal } from "./foreseen.js";
import { Subject } from "./subject.js";
import { NoteInput } from "./texts-input.js";
import { type PocketActionProps, useItemAction } from "./use-item-action.js";

const REVERSE = graphql(`
  mutation ReverseEntry($input: ReversePocketEntriesInput!) {
    reversePocketEntries(input: $input) {
      results {
        status
        code
        message
        wasMadeBefore
        available
        remaining
        resetsAt
        pocketEntry {
          id
          pocket {
            id
          }
        }
      }
    }
  }
`);

/** Takes back a charge or a debit, whole or in part. */
export function ReverseDialog({ entry, ...props }: PocketActionProps & { readonly entry: Entry }) {
  const { pocket, group, reload, onClose } = props;
  const left = reversibleAmountOf(entry);
  const amount = useAmount(group, left);
  const [reason, setReason] = useState("");
  const resultOf = "reversePocketEntries";
  const action = useItemAction(REVERSE, (data) => data[resultOf].results[0], group, reload);
  const kind = entry.kind === "CHARGE" ? "charge" : "debit";
  const name = describe(entry, group);
  const run = async (value: number): Promise<void> => {
    const given = reason.trim() === "" ? {} : { reason: reason.trim() };
    const reversal = { token: action.token, ofToken: entry.token, amount: value, ...given };
    const input = { pocketGroupSlug: group.slug, reversals: [reversal] };
    if (await action.run({ input })) onClose(`Reversed ${moneyText(value, group)} of the ${name}.`);
  };
  return (
    <AmountDialog
      title={`Reverse a ${kind} of ${pocket.phoneNumber}`}
      label="Reverse"
      {...{ group, amount, action }}
      max={left}
      foresee={(value) => foreseeReversal(value, entry, pocket, group)}
      effect={(value) => <Effect {...{ pocket, group, entry }} amount={value} />}
      above={<Subject>Reverses the {name}.</Subject>}
      onRun={run}
      onClose={onClose}
    >
      <NoteInput
        label="Reason (optional)"
        value={reason}
        error={undefined}
        onChange={(text) => {
          setReason(text);
          action.reset();
        }}
      />
    </AmountDialog>
  );
}

interface EffectProps {
  readonly pocket: Pocket;
  readonly group: Group;
  readonly entry: Entry;
  readonly amount: number;
}

function Effect({ pocket, group, entry, amount }: EffectProps) {
  const isCharge = entry.kind === "CHARGE";
  const isTooMuch = isCharge && amount > pocket.available;
  const after = pocket.balance + (isCharge ? -amount : amount);
  return (
    <>
      {isCharge ? "Takes" : "Gives"} <PocketMoney amount={amount} group={group} />{" "}
      {isCharge ? "out of" : "back to"} <bdi>{pocket.phoneNumber}</bdi>. Balance now:{" "}
      <PocketMoney amount={pocket.balance} group={group} />.{" "}
      {isTooMuch ? (
        <>
          Only <PocketMoney amount={pocket.available} group={group} /> of it is available.
        </>
      ) : (
        <>
          Balance afterwards: <PocketMoney amount={after} group={group} />.
        </>
      )}{" "}
      A reversal cannot be reversed.
    </>
  );
}
