import { graphql } from "../../api/graphql.js";
import { errorOf } from "../../components/action-dialog.js";
import { moneyText } from "../pocket-money.js";
import { AmountInput, useAmount } from "./amount-input.js";
import { SpendingEffect } from "./spending-effect.js";
import { ItemDialog } from "./item-dialog.js";
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
    <ItemDialog
      title={`Debit ${pocket.phoneNumber}`}
      label="Debit"
      action={action}
      fields={["amount", "reference", "note"]}
      effect={
        amount.amount === null ? null : (
          <SpendingEffect verb="Takes" {...{ pocket, group }} amount={amount.amount} />
        )
      }
      onRun={() => {
        if (amount.amount !== null) void run(amount.amount);
      }}
      onClose={() => onClose()}
    >
      <AmountInput
        {...{ state: amount, group, min: group.minDebitAmount, max: group.maxDebitAmount }}
        error={errorOf(action.problems, "amount")}
        onChange={action.reset}
      />
      <TextsInput state={texts} problems={action.problems} onChange={action.reset} />
    </ItemDialog>
  );
}
