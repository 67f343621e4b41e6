import { Alert, Anchor, Group, Title } from "@mantine/core";
import { Link, useParams } from "wouter";
import { refusalsIn } from "../api/problems.js";
import { useAction } from "../api/use-action.js";
import { useOperation } from "../api/use-operation.js";
import { useViewer } from "../api/viewer.js";
import { ConfirmDialog } from "../components/confirm-dialog.js";
import { Details } from "../components/details.js";
import { DialogButton } from "../components/dialog-button.js";
import { Loaded } from "../components/loaded.js";
import { Page } from "../components/page.js";
import { RecordLink } from "../components/record-link.js";
import { EmptyState } from "../components/states.js";
import { Money, Status, Time } from "../components/values.js";
import { counted, countryOf } from "../shared/words.js";
import { EditGroupDialog } from "./edit-group.js";
import { GROUP, GROUP_SUM, type PocketGroup, UPDATE_GROUP } from "./group-documents.js";
import { GroupGrants } from "./group-grants.js";
import { GroupLimits } from "./group-limits.js";

/** One group. Operators may change it. */
export default function GroupPage() {
  const { slug = "" } = useParams();
  const { isOperator } = useViewer();
  const operation = useOperation(GROUP, { slug });
  const group = operation.data?.pocketGroup;
  const { reload: readAgain } = operation;
  return (
    <Page title={group?.name ?? "Pocket group"}>
      <Anchor component={Link} href="/groups" size="sm">
        All pocket groups
      </Anchor>
      <Loaded operation={operation} label="Loading the group">
        {({ pocketGroup: found }) =>
          found === null ? (
            <EmptyState title="There is no such group" text={`No pocket group is named ${slug}.`} />
          ) : (
            <>
              {isOperator && <GroupActions group={found} readAgain={readAgain} />}
              {!found.isActive && (
                <Alert color="orange" title="The group is inactive">
                  Its pockets can be read, but every charge, debit and hold is refused.
                </Alert>
              )}
              <GroupDetails {...found} />
              <Title order={2} size="h4">
                Balances
              </Title>
              <GroupSums slug={slug} />
              <GroupLimits group={found} />
              {isOperator && <GroupGrants group={found} />}
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function GroupDetails(group: PocketGroup) {
  return (
    <Details
      items={[
        ["Slug", group.slug],
        ["Currency", group.currency],
        ["Status", <Status value={group.isActive ? "ACTIVE" : "INACTIVE"} />],
        ["Country of the phone numbers", countryOf(group.phoneNumberRegion)],
        [
          "References",
          group.hasUniqueReferences
            ? "A merchant can use each reference only once"
            : "A merchant can use a reference more than once",
        ],
        ["Time zone", group.timeZone],
        ["Created", <Time at={group.createdAt} />],
        ["Last change", <Time at={group.updatedAt} />],
      ]}
    />
  );
}

/** Adding up every pocket takes longer than the rest of the page. */
function GroupSums({ slug }: { readonly slug: string }) {
  const operation = useOperation(GROUP_SUM, { slug });
  return (
    <Loaded operation={operation} label="Adding up the pockets">
      {({ pocketGroup: group }) => {
        if (group === null) return null;
        const { count, sum } = group.pockets.aggregate;
        const money = (amount: string | null) => (
          <Money
            amount={amount ?? 0}
            currency={group.currency}
            minorUnits={group.currencyMinorUnits}
          />
        );
        return (
          <Details
            items={[
              [
                "Pockets",
                <RecordLink to={`/pockets?group=${encodeURIComponent(slug)}`}>
                  {counted(count, "pocket")}
                </RecordLink>,
              ],
              ["Sum of balances", money(sum.balance)],
              ["Of this available", money(sum.available)],
              ["Of this held", money(sum.heldAmount)],
            ]}
          />
        );
      }}
    </Loaded>
  );
}

interface GroupActionsProps {
  readonly group: PocketGroup;
  readonly readAgain: () => Promise<unknown>;
}

function GroupActions(props: GroupActionsProps) {
  return (
    <Group gap="xs">
      <DialogButton label="Edit">
        {(close) => <EditGroupDialog {...props} onClose={close} />}
      </DialogButton>
      <DialogButton label={props.group.isActive ? "Deactivate" : "Activate"}>
        {(close) => <ActivateDialog {...props} onClose={close} />}
      </DialogButton>
    </Group>
  );
}

function ActivateDialog({
  group,
  readAgain,
  onClose,
}: GroupActionsProps & { readonly onClose: () => void }) {
  const { slug, isActive } = group;
  const action = useAction(UPDATE_GROUP, refusalsIn, readAgain);
  return (
    <ConfirmDialog
      title={isActive ? "Deactivate the group" : "Activate the group"}
      effect={
        isActive
          ? "Every charge, debit, hold and reversal in this group is refused, for all merchants, until you activate it again. Pockets and their balances stay, and can be read."
          : "Merchants that are granted the group can charge and debit its pockets again."
      }
      label={isActive ? "Deactivate the group" : "Activate the group"}
      isDangerous={isActive}
      action={action}
      variables={{ slug, input: { isActive: !isActive } }}
      onClose={onClose}
    />
  );
}
