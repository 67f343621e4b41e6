import { TextInput } from "@mantine/core";
import { useState } from "react";
import { graphql } from "../../api/graphql.js";
import { errorOf } from "../../components/action-dialog.js";
import { PocketMoney, moneyText } from "../pocket-money.js";
import type { Group, Pocket } from "../pocket-queries.js";
import { AmountDialog } from "./amount-dialog.js";
import { useAmount } from "./amount-input.js";
import { foreseeCharge } from "./foreseen.js";
import { TextsInput, useTexts } from "./texts-input.js";
import { useItemAction } from "./use-item-action.js";

const CHARGE = graphql(`
  mutation ChargePocket($input: ChargePocketsInput!) {
    chargePockets(input: $input) {
      results {
        status
        code
        message
        wasMadeBefore
        remaining
        resetsAt
        pocketCharge {
          id
          phoneNumber
          pocket {
            id
          }
        }
      }
    }
  }
`);

interface ChargeDialogProps {
  readonly group: Group;
  /** Null if the number has no pocket yet, as far as is known. */
  readonly pocket: Pick<Pocket, "balance"> | null;
  /** Null to ask for it. */
  readonly phoneNumber: string | null;
  /** Shows the pocket, and what was done, in words. The dialog stays open until then. */
  readonly onDone: (phoneNumber: string, done: string) => Promise<void>;
  readonly onClose: (done?: string) => void;
}

/** Tops a pocket up. The first charge of a number creates its pocket. */
export function ChargeDialog({ group, pocket, onDone, onClose, ...given }: ChargeDialogProps) {
  const [typedNumber, setTypedNumber] = useState("");
  const phoneNumber = given.phoneNumber ?? typedNumber.trim();
  const amount = useAmount(group);
  const texts = useTexts();
  const done = `Charged ${moneyText(amount.amount ?? 0, group)}. The amount is added to the balance.`;
  const action = useItemAction(
    CHARGE,
    (data) => data.chargePockets.results[0],
    group,
    (data) => onDone(data.chargePockets.results[0]?.pocketCharge?.phoneNumber ?? phoneNumber, done),
  );
  const { minChargeAmount, maxChargeAmount } = group;
  const run = async (value: number): Promise<void> => {
    const charge = { token: action.token, phoneNumber, amount: value, ...texts.input };
    const input = { pocketGroupSlug: group.slug, charges: [charge] };
    if (await action.run({ input })) onClose(done);
  };
  return (
    <AmountDialog
      title={
        given.phoneNumber === null
          ? `New charge (top up) in ${group.name}`
          : `Charge (top up) ${phoneNumber}`
      }
      label="Charge"
      {...{ group, amount, action }}
      min={minChargeAmount}
      max={maxChargeAmount}
      foresee={(value) => foreseeCharge(value, pocket, group)}
      otherFields={["phoneNumber", "reference", "note"]}
      effect={(value) =>
        phoneNumber === "" ? null : <Effect {...{ group, pocket, phoneNumber }} amount={value} />
      }
      above={
        given.phoneNumber === null && (
          <TextInput
            label="Phone number"
            inputMode="tel"
            autoComplete="off"
            dir="ltr"
            data-autofocus
            value={typedNumber}
            error={errorOf(action.problems, "phoneNumber")}
            onChange={(event) => {
              setTypedNumber(event.currentTarget.value);
              action.reset();
            }}
          />
        )
      }
      onRun={run}
      onClose={onClose}
    >
      <TextsInput state={texts} problems={action.problems} onChange={action.reset} />
    </AmountDialog>
  );
}

interface EffectProps {
  readonly group: Group;
  readonly pocket: Pick<Pocket, "balance"> | null;
  readonly phoneNumber: string;
  readonly amount: number;
}

function Effect({ group, pocket, phoneNumber, amount }: EffectProps) {
  return (
    <>
      Adds <PocketMoney amount={amount} group={group} /> to the balance of <bdi>{phoneNumber}</bdi>.{" "}
      {pocket ? (
        <>
          Balance now: <PocketMoney amount={pocket.balance} group={group} />. Balance afterwards:{" "}
          <PocketMoney amount={pocket.balance + amount} group={group} />.
        </>
      ) : (
        "If the number has no pocket in the group, this creates it."
      )}
    </>
  );
}
