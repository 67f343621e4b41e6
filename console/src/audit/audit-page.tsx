import { Text } from "@mantine/core";
import { useSearchParams } from "wouter";
import { useOperation } from "../api/use-operation.js";
import { Page } from "../components/page.js";
import { useListState } from "../listing/list-state.js";
import { ListTable } from "../listing/list-table.js";
import { columnsOf } from "./audit-columns.js";
import { AuditDrawer } from "./audit-drawer.js";
import { useAuditFilter } from "./audit-filter.js";
import { AuditFilters } from "./audit-filters.js";
import { AUDIT_ENTRIES, MERCHANT_NAMES } from "./audit-queries.js";

const SORT_FIELDS = ["CREATED_AT"] as const;

/** Who changed which record, when and from where. */
export default function AuditPage() {
  const state = useListState(SORT_FIELDS);
  const [params, setParams] = useSearchParams();
  const { filter, error } = useAuditFilter(state);
  const found = useOperation(
    AUDIT_ENTRIES,
    {
      ...(filter ? { filter } : {}),
      ...(state.sort ? { sort: [state.sort] } : {}),
      ...state.page,
    },
    { pause: filter === null },
  );
  const operation = {
    ...found,
    error: error ?? found.error,
    isLoading: found.isLoading || filter === null,
  };
  const list = filter && found.data?.auditEntries;
  const ids = [...new Set(list?.nodes.flatMap(({ merchantId }) => merchantId ?? []))].sort();
  const merchants = useOperation(MERCHANT_NAMES, { ids }, { pause: ids.length === 0 }).data;
  const open = (id: string | null): void => {
    setParams((old) => {
      const next = new URLSearchParams(old);
      if (id === null) next.delete("entry");
      else next.set("entry", id);
      return next;
    });
  };
  const names = new Map(merchants?.merchants.nodes.map(({ id, name }) => [id, name]));
  const columns = columnsOf(names, open);
  const entryId = params.get("entry");
  return (
    <Page title="Audit trail">
      <Text size="sm" c="dimmed">
        Every change of a record, with who made it. Charges and debits of pockets are not here: they
        never change, and the pocket lists them.
      </Text>
      <AuditFilters state={state} />
      <ListTable
        label="Audit trail"
        {...{ columns, state, operation }}
        rows={list?.nodes}
        pageInfo={list?.pageInfo}
        exported={{ list: "auditEntries", filter }}
        empty="No change matches the filters. Clear some of them."
      />
      {entryId !== null && (
        <AuditDrawer
          key={entryId}
          id={entryId}
          onFilter={(filters) => {
            setParams(new URLSearchParams(filters));
          }}
          onClose={() => {
            open(null);
          }}
        />
      )}
    </Page>
  );
}
