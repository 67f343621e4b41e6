import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { problemsOf } from "../api/problems.js";
import { graphql } from "../api/graphql.js";
import { useAction } from "../api/use-action.js";
import { useOperation } from "../api/use-operation.js";
import { ActionDialog } from "../components/action-dialog.js";
import { DialogButton } from "../components/dialog-button.js";
import { Loaded } from "../components/loaded.js";
import { RecordLink } from "../components/record-link.js";
import { RecordSelect } from "../components/record-select.js";
import { Status } from "../components/values.js";
import { NUMBERED_PAGE_SIZE, NumberedList } from "../listing/numbered-list.js";
import { GRANT_GROUP, GROUP_MERCHANTS, type PocketGroup } from "./group-documents.js";
import { RevokeGrantButton } from "./revoke-grant.js";

interface GroupGrantsProps {
  readonly group: PocketGroup;
}

/** The merchants that may use the group. */
export function GroupGrants({ group }: GroupGrantsProps) {
  const { slug } = group;
  const [number, setNumber] = useState(1);
  const page = { number, size: NUMBERED_PAGE_SIZE };
  const operation = useOperation(GROUP_MERCHANTS, { slug, page });
  const { reload: readAgain } = operation;
  return (
    <Loaded operation={operation} label="Loading the merchants">
      {({ pocketGroup }) => (
        <NumberedList
          title="Merchants that may use the group"
          empty="No merchant may use this group yet."
          rows={pocketGroup?.merchants ?? []}
          page={number}
          onPage={setNumber}
          action={
            <DialogButton label="Grant to a merchant">
              {(close) => <GrantDialog slug={slug} readAgain={readAgain} onClose={close} />}
            </DialogButton>
          }
          columns={[
            {
              header: "Name",
              cell: ({ id, name }) => <RecordLink to={`/merchants/${id}`}>{name}</RecordLink>,
            },
            {
              header: "Status",
              cell: ({ isActive }) => <Status value={isActive ? "ACTIVE" : "INACTIVE"} />,
            },
            {
              header: "Action",
              cell: ({ id, name }) => (
                <RevokeGrantButton
                  grant={{ slug, group: group.name, merchantId: id, merchant: name }}
                  label={`Revoke from ${name}`}
                  readAgain={readAgain}
                />
              ),
            },
          ]}
        />
      )}
    </Loaded>
  );
}

const FIND_MERCHANTS = graphql(`
  query FindMerchants($filter: MerchantFilter) {
    merchants(filter: $filter, first: 20, sort: [{ field: NAME }]) {
      nodes {
        id
        name
      }
    }
  }
`);

interface GrantDialogProps {
  readonly slug: string;
  readonly readAgain: () => Promise<unknown>;
  readonly onClose: () => void;
}

function GrantDialog({ slug, readAgain, onClose }: GrantDialogProps) {
  const [search, setSearch] = useState("");
  const [text] = useDebouncedValue(search, 200);
  const [merchantId, setMerchantId] = useState<string | null>(null);
  const filter = text === "" ? {} : { name: { match: [text] } };
  const { data } = useOperation(FIND_MERCHANTS, { filter });
  const action = useAction(
    GRANT_GROUP,
    ({ grantPocketGroup: { userErrors } }) => problemsOf(userErrors),
    readAgain,
  );
  return (
    <ActionDialog
      title="Grant the group to a merchant"
      effect="The merchant can then see and change the pockets of this group, as far as the scopes of its tokens allow."
      label="Grant the group"
      canRun={merchantId !== null}
      isRunning={action.isRunning}
      problems={action.problems}
      onClose={onClose}
      onRun={() => {
        if (merchantId === null) return;
        void action.run({ slug, merchantId }).then((isDone) => {
          if (isDone) onClose();
        });
      }}
    >
      <RecordSelect
        label="Merchant"
        placeholder="Type a name"
        required
        data-autofocus
        records={data?.merchants.nodes.map(({ id, name }) => ({ id, name, detail: id }))}
        search={search}
        onSearchChange={setSearch}
        value={merchantId}
        onChange={setMerchantId}
      />
    </ActionDialog>
  );
}
