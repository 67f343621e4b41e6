import { graphql } from "../../api/graphql.js";
import { moneyText } from "../pocket-money.js";
import { AmountDialog } from "./amount-dialog.js";
import { useAmount } from "./amount-input.js";
import { foreseeDebit } from "./foreseen.js";
import { SpendingEffect } from "./spending-effect.js";
import { TextsInput, useTexts } from "./texts-input.js";
import { type PocketActionProps, useItemAction } from "./use-item-action.js";

const DEBIT = graphql(`
  mutation DebitPocket($input: DebitPocketsInput!) {
    debitPockets(input: $input) {
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

/** Takes an amount out of a pocket. */
export function DebitDialog({ pocket, group, reload, onClose }: PocketActionProps) {
  const amount = useAmount(group);
  const texts = useTexts();
  const action = useItemAction(DEBIT, (data) => data.debitPockets.results[0], group, reload);
  const run = async (value: number): Promise<void> => {
    const { phoneNumber } = pocket;
    const debit = { token: action.token, phoneNumber, amount: value, ...texts.input };
    const input = { pocketGroupSlug: group.slug, debits: [debit] };
    if (await action.run({ input })) onClose(`Debited ${moneyText(value, group)}.`);
  };
  return (
    <AmountDialog
      title={`Debit ${pocket.phoneNumber}`}
      label="Debit"
      {...{ group, amount, action }}
      min={group.minDebitAmount}
      max={group.maxDebitAmount}
      foresee={(value) => foreseeDebit(value, pocket, group)}
      otherFields={["reference", "note"]}
      effect={(value) => <SpendingEffect verb="Takes" {...{ pocket, group }} amount={value} />}
      onRun={run}
      onClose={onClose}
    >
      <TextsInput state={texts} problems={action.problems} onChange={action.reset} />
    </AmountDialog>
  );
}
