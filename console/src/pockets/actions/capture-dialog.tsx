import { Checkbox } from "@mantine/core";
import { useState } from "react";
import { graphql } from "../../api/graphql.js";
import { describeHold, uncapturedAmountOf } from "../entry.js";
import { PocketMoney, moneyText } from "../pocket-money.js";
import type { Hold } from "../pocket-queries.js";
import { AmountDialog } from "./amount-dialog.js";
import { useAmount } from "./amount-input.js";
import { foreseeCapture } from "./foreseen.js";
import { Subject } from "./subject.js";
import { type PocketActionProps, useItemAction } from "./use-item-action.js";

const CAPTURE = graphql(`
  mutation CaptureHold($input: CaptureHoldsInput!) {
    captureHolds(input: $input) {
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
        pocketHold {
          id
        }
      }
    }
  }
`);

/** Debits a pocket by what a hold reserves, or by a part of it. */
export function CaptureDialog({ hold, ...props }: PocketActionProps & { readonly hold: Hold }) {
  const { pocket, group, reload, onClose } = props;
  const left = uncapturedAmountOf(hold);
  const amount = useAmount(group, left);
  const [isFinal, setFinal] = useState(true);
  const action = useItemAction(CAPTURE, (data) => data.captureHolds.results[0], group, reload);
  const run = async (value: number): Promise<void> => {
    const capture = { token: action.token, holdToken: hold.token, amount: value, final: isFinal };
    const input = { pocketGroupSlug: group.slug, captures: [capture] };
    if (await action.run({ input })) onClose(doneOf(value));
  };
  const rest = left - (amount.amount ?? 0);
  const doneOf = (value: number): string => {
    const end = isFinal ? "is free again" : "stays held";
    const others = value < left ? ` ${moneyText(left - value, group)} ${end}.` : "";
    return `Captured ${moneyText(value, group)}.${others}`;
  };
  return (
    <AmountDialog
      title={`Capture a hold of ${pocket.phoneNumber}`}
      label="Capture"
      {...{ group, amount, action }}
      max={left}
      foresee={(value) => foreseeCapture(value, hold, group)}
      above={<Subject>Captures the {describeHold(hold, group)}.</Subject>}
      effect={(value) => (
        <>
          Takes <PocketMoney amount={value} group={group} /> out of <bdi>{pocket.phoneNumber}</bdi>.
          Balance afterwards: <PocketMoney amount={pocket.balance - value} group={group} />.{" "}
          {rest > 0 && (
            <>
              The rest of the hold, <PocketMoney amount={rest} group={group} />,{" "}
              {isFinal ? "becomes available again." : "stays held."}
            </>
          )}
        </>
      )}
      onRun={run}
      onClose={onClose}
    >
      {rest > 0 && (
        <Checkbox
          label="Release the rest of the hold"
          checked={isFinal}
          onChange={(event) => setFinal(event.currentTarget.checked)}
        />
      )}
    </AmountDialog>
  );
}
