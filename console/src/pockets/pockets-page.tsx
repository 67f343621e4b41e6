import { Button } from "@mantine/core";
import { useState } from "react";
import { useOperation } from "../api/use-operation.js";
import { useViewer } from "../api/viewer.js";
import { Loaded } from "../components/loaded.js";
import { Page } from "../components/page.js";
import { EmptyState } from "../components/states.js";
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
  const found = groups.data?.pocketGroups.nodes ?? [];
  if (found.length > 0 && !groups.error) return <Pockets groups={found} />;
  return (
    <Page title="Pockets">
      <Loaded operation={groups} label="Loading the pocket groups">
        {() => (
          <EmptyState
            title="No pocket group"
            text="An operator creates pocket groups and grants them to merchants."
          />
        )}
      </Loaded>
    </Page>
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
