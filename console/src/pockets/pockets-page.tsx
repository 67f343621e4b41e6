import { Button } from "@mantine/core";
import { useState } from "react";
import { messageOf } from "../api/problems.js";
import { useOperation } from "../api/use-operation.js";
import { useViewer } from "../api/viewer.js";
import { Page } from "../components/page.js";
import { EmptyState, ErrorState, LoadingState } from "../components/states.js";
import { useListState } from "../listing/list-state.js";
import { ChargeDialog } from "./actions/charge-dialog.js";
import { useOpenPocket } from "./arrival.js";
import { PocketFilters, pocketFilterOf } from "./pocket-filters.js";
import { PocketList, SORT_FIELDS } from "./pocket-list.js";
import { GROUPS, type Group } from "./pocket-queries.js";
import { SearchForm } from "./search/search-form.js";
import { SearchResult } from "./search/search-result.js";

/** Finds a pocket, and lists the pockets of a group. */
export default function PocketsPage() {
  const groups = useOperation(GROUPS, {});
  if (groups.error) {
    return (
      <Page title="Pockets">
        <ErrorState message={messageOf(groups.error)} onRetry={() => void groups.reload()} />
      </Page>
    );
  }
  const found = groups.data?.pocketGroups.nodes;
  if (found === undefined) {
    return (
      <Page title="Pockets">
        <LoadingState label="Loading the pocket groups" />
      </Page>
    );
  }
  return found.length === 0 ? (
    <Page title="Pockets">
      <EmptyState
        title="No pocket group"
        text="An operator creates pocket groups and grants them to merchants."
      />
    </Page>
  ) : (
    <Pockets groups={found} />
  );
}

function Pockets({ groups }: { readonly groups: readonly Group[] }) {
  const state = useListState(SORT_FIELDS);
  const wanted = state.filter("group");
  const [first] = groups;
  const group = groups.find(({ slug }) => slug === wanted) ?? first;
  const text = state.filter("search");
  if (!group) return null;
  return (
    <Page title="Pockets" actions={<NewCharge group={group} />}>
      <SearchForm
        key={text}
        {...{ groups, group, text }}
        onGroup={(slug) => state.setFilters({ group: slug })}
        onSearch={(search) => state.setFilters({ group: group.slug, search })}
      />
      {text === "" ? (
        <>
          <PocketFilters key={group.slug} {...{ state, group }} />
          <PocketList {...{ group, state }} filter={pocketFilterOf(state, group)} />
        </>
      ) : (
        <>
          <SearchResult key={`${group.slug} ${text}`} {...{ group, text }} />
          <Button variant="subtle" onClick={() => state.setFilters({ search: "" })}>
            Show all pockets of the group
          </Button>
        </>
      )}
    </Page>
  );
}

/** Charges any number, also one that has no pocket yet. */
function NewCharge({ group }: { readonly group: Group }) {
  const [isOpen, setOpen] = useState(false);
  const openPocket = useOpenPocket(group.slug);
  if (!useViewer().may("POCKETS_CHARGE") || !group.isActive) return null;
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        New charge (top up)
      </Button>
      {isOpen && (
        <ChargeDialog
          group={group}
          pocket={null}
          phoneNumber={null}
          onDone={openPocket}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
