import { Text } from "@mantine/core";
import { useOperation } from "../../api/use-operation.js";
import { useViewer } from "../../api/viewer.js";
import { Loaded } from "../../components/loaded.js";
import { Page } from "../../components/page.js";
import { useListState } from "../../listing/list-state.js";
import { GROUPS, type Group } from "../pocket-queries.js";
import { SORT_FIELDS } from "./entry-columns.js";
import { currencyOf, entryFilterOf } from "./entry-conditions.js";
import { EntryFilters } from "./entry-filters.js";
import { EntryList } from "./entry-list.js";

/** The changes of the balances of all pockets. */
export default function EntriesPage() {
  const groups = useOperation(GROUPS, {});
  return (
    <Page title="Entries">
      <Loaded operation={groups} label="Loading the pocket groups">
        {({ pocketGroups }) => <Entries groups={pocketGroups.nodes} />}
      </Loaded>
    </Page>
  );
}

function Entries({ groups }: { readonly groups: readonly Group[] }) {
  const { isOperator } = useViewer();
  const state = useListState(SORT_FIELDS);
  const currency = currencyOf(groups, state.filter("group"));
  return (
    <>
      <Text size="sm" c="dimmed">
        Charges, debits and reversals{isOperator ? "" : " that this merchant made"}. The time of an
        entry opens its pocket.
      </Text>
      <EntryFilters {...{ groups, state }} />
      <EntryList state={state} filter={entryFilterOf(state, currency)} />
    </>
  );
}
