import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { graphql } from "../api/graphql.js";
import { problemsOf } from "../api/problems.js";
import { useAction } from "../api/use-action.js";
import { useOperation } from "../api/use-operation.js";
import { ActionDialog } from "../components/action-dialog.js";
import { DialogButton } from "../components/dialog-button.js";
import { Loaded } from "../components/loaded.js";
import { RecordLink } from "../components/record-link.js";
import { RecordSelect } from "../components/record-select.js";
import { Status } from "../components/values.js";
import { GRANT_GROUP } from "../groups/group-documents.js";
import { RevokeGrantButton } from "../groups/revoke-grant.js";
import { NUMBERED_PAGE_SIZE, NumberedList } from "../listing/numbered-list.js";
import { MERCHANT_GROUPS, type Merchant } from "./merchant-documents.js";

/** The pocket groups that the merchant may use. */
export function MerchantGroups({ merchant }: { readonly merchant: Merchant }) {
  const [number, setNumber] = useState(1);
  const page = { number, size: NUMBERED_PAGE_SIZE };
  const operation = useOperation(MERCHANT_GROUPS, { id: merchant.id, page });
  const { reload: readAgain } = operation;
  return (
    <Loaded operation={operation} label="Loading the pocket groups">
      {({ merchant: found }) => (
        <NumberedList
          title="Pocket groups"
          empty="The merchant may use no pocket group yet."
          rows={found?.pocketGroups.nodes ?? []}
          page={number}
          onPage={setNumber}
          action={
            <DialogButton label="Grant a group">
              {(close) => (
                <GrantDialog merchantId={merchant.id} readAgain={readAgain} onClose={close} />
              )}
            </DialogButton>
          }
          columns={[
            {
              header: "Name",
              cell: ({ slug, name }) => <RecordLink to={`/groups/${slug}`}>{name}</RecordLink>,
            },
            { header: "Slug", cell: ({ slug }) => slug },
            { header: "Currency", cell: ({ currency }) => currency },
            {
              header: "Status",
              cell: ({ isActive }) => <Status value={isActive ? "ACTIVE" : "INACTIVE"} />,
            },
            {
              header: "Action",
              cell: ({ slug, name }) => (
                <RevokeGrantButton
                  grant={{ slug, group: name, merchantId: merchant.id, merchant: merchant.name }}
                  label={`Revoke ${name}`}
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

const FIND_GROUPS = graphql(`
  query FindPocketGroups($filter: PocketGroupFilter) {
    pocketGroups(filter: $filter, first: 20, sort: [{ field: NAME }]) {
      nodes {
        id
        slug
        name
      }
    }
  }
`);

interface GrantDialogProps {
  readonly merchantId: string;
  readonly readAgain: () => Promise<unknown>;
  readonly onClose: () => void;
}

function GrantDialog({ merchantId, readAgain, onClose }: GrantDialogProps) {
  const [search, setSearch] = useState("");
  const [text] = useDebouncedValue(search, 200);
  const [slug, setSlug] = useState<string | null>(null);
  const filter = text === "" ? {} : { name: { match: [text] } };
  const { data } = useOperation(FIND_GROUPS, { filter });
  const action = useAction(
    GRANT_GROUP,
    ({ grantPocketGroup: { userErrors } }) => problemsOf(userErrors),
    readAgain,
  );
  return (
    <ActionDialog
      title="Grant a pocket group"
      effect="The merchant can then see and change the pockets of this group, as far as the scopes of its tokens allow."
      label="Grant the group"
      canRun={slug !== null}
      isRunning={action.isRunning}
      problems={action.problems}
      onClose={onClose}
      onRun={() => {
        if (slug === null) return;
        void action.run({ slug, merchantId }).then((isDone) => {
          if (isDone) onClose();
        });
      }}
    >
      <RecordSelect
        label="Pocket group"
        placeholder="Type a name"
        required
        data-autofocus
        records={data?.pocketGroups.nodes.map((group) => ({
          id: group.slug,
          name: group.name,
          detail: group.slug,
        }))}
        search={search}
        onSearchChange={setSearch}
        value={slug}
        onChange={setSlug}
      />
    </ActionDialog>
  );
}
