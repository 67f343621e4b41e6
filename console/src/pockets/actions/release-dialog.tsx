import { graphql } from "../../api/graphql.js";
import { describeHold, uncapturedAmountOf } from "../entry.js";
import { PocketMoney, moneyText } from "../pocket-money.js";
import type { Hold } from "../pocket-queries.js";
import { ItemDialog } from "./item-dialog.js";
import { Subject } from "./subject.js";
import { type PocketActionProps, useItemAction } from "./use-item-action.js";

const RELEASE = graphql(`
  mutation ReleaseHold($input: ReleaseHoldsInput!) {
    releaseHolds(input: $input) {
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

/** Makes what a hold reserves available again. */
export function ReleaseDialog({ hold, ...props }: PocketActionProps & { readonly hold: Hold }) {
  const { pocket, group, reload, onClose } = props;
  const left = uncapturedAmountOf(hold);
  const action = useItemAction(RELEASE, (data) => data.releaseHolds.results[0], group, reload);
  const run = async (): Promise<void> => {
    const input = { pocketGroupSlug: group.slug, holdTokens: [hold.token] };
    if (await action.run({ input })) onClose(`Released ${moneyText(left, group)}.`);
  };
  return (
    <ItemDialog
      title={`Release a hold of ${pocket.phoneNumber}`}
      label="Release"
      action={action}
      fields={[]}
      effect={
        <>
          Ends the hold, so that <PocketMoney amount={left} group={group} /> of{" "}
          <bdi>{pocket.phoneNumber}</bdi> can be spent again. Available afterwards:{" "}
          <PocketMoney amount={pocket.available + left} group={group} />. The hold cannot be opened
          again.
        </>
      }
      onRun={() => void run()}
      onClose={onClose}
    >
      <Subject>Releases the {describeHold(hold, group)}.</Subject>
    </ItemDialog>
  );
}
