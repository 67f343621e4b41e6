import { Button, Group } from "@mantine/core";
import { useMemo } from "react";
import { Link } from "wouter";
import type { TypedDocumentNode } from "urql";
import { useOperation } from "../../api/use-operation.js";
import { Page } from "../../components/page.js";
import {
  type ListState,
  type PageVariables,
  type SortState,
  useListState,
} from "../../listing/list-state.js";
import { type Column, ListTable } from "../../listing/list-table.js";
import type { PageInfo } from "../../listing/page-buttons.js";
import { KINDS, type PaymentKind } from "../kinds.js";
import { LAST_COLUMNS, type PaymentRow, type SharedField, firstColumns } from "./columns.js";
import { chosen } from "./conditions.js";
import { FindPayment } from "./find-payment.js";
import { NothingFound } from "./nothing-found.js";
import { PaymentFilters } from "./payment-filters.js";
import { PaymentTotals } from "./payment-totals.js";
import { type StatusTotal, countOf } from "./status-totals.js";
import { type ListConditions, useConditions, waitingFor } from "./use-conditions.js";

interface PageOfPayments<Row> {
  readonly payments: { readonly nodes: readonly Row[]; readonly pageInfo: PageInfo };
}

interface TotalsOfPayments {
  readonly payments: { readonly groupBy: readonly StatusTotal[] };
}

interface ListVariables<Filter, Field extends string> extends PageVariables {
  readonly filter: Filter;
  readonly sort: SortState<Field | SharedField>[] | null;
}

type Filters = Pick<ListState, "filter" | "filterValues">;

/** What distinguishes the lists of charges, refunds and authorizations. */
export interface PaymentList<Row extends PaymentRow, Field extends string, Filter extends object> {
  readonly kind: PaymentKind;
  /** The queries give the list the alias `payments`, so that the three lists have one shape. */
  readonly query: TypedDocumentNode<PageOfPayments<Row>, ListVariables<Filter, Field>>;
  readonly totals: TypedDocumentNode<TotalsOfPayments, { readonly filter: Filter }>;
  /** The columns between those that all lists have. */
  readonly columns: readonly Column<Row, Field>[];
  readonly statuses: readonly string[];
  /** The statuses whose sum is shown first: only their money counts. */
  readonly succeeded: readonly string[];
  readonly hasModes?: boolean;
  /** @param shared the conditions that every kind of payment has. */
  readonly filterOf: (state: Filters, shared: ListConditions["shared"]) => Filter;
}

/** One of the three lists, with its filters and its totals. */
export function PaymentListPage<
  Row extends PaymentRow,
  Field extends string,
  Filter extends object,
>({ list }: { readonly list: PaymentList<Row, Field, Filter> }) {
  const { kind, statuses, succeeded } = list;
  const [columns, sortFields] = useMemo(() => {
    const all = [...firstColumns(kind), ...list.columns, ...LAST_COLUMNS];
    return [all, all.flatMap(({ sortField }) => sortField ?? [])];
  }, [kind, list]);
  const state = useListState(sortFields);
  const conditions = useConditions(state);
  const filter = list.filterOf(state, conditions.shared);
  const sort = state.sort && [state.sort];
  const pause = { pause: conditions.isWaiting };
  const found = useOperation(list.query, { filter, sort, ...state.page }, pause);
  const totals = waitingFor(useOperation(list.totals, { filter }, pause), conditions);
  const groups = totals.data?.payments.groupBy;
  return (
    <Page title="Payments">
      <Group justify="space-between" align="end">
        <KindLinks kind={kind} />
        <FindPayment kind={kind} />
      </Group>
      <PaymentFilters {...{ state, statuses, conditions }} hasModes={list.hasModes ?? false} />
      <PaymentTotals
        operation={totals}
        totals={groups}
        noun={kind.noun}
        firstStatuses={chosen(state, "status", statuses).length === 0 ? succeeded : null}
      />
      <ListTable
        label={kind.name}
        columns={columns}
        state={state}
        operation={waitingFor(found, conditions)}
        rows={found.data?.payments.nodes}
        pageInfo={found.data?.payments.pageInfo}
        totalCount={totals.isStale ? undefined : countOf(groups)}
        exported={{ list: kind.connection, filter }}
        empty={<NothingFound state={state} kind={kind} />}
      />
    </Page>
  );
}

function KindLinks({ kind }: { readonly kind: PaymentKind }) {
  return (
    <Group component="nav" aria-label="Kinds of payments" gap="xs">
      {KINDS.map(({ name, list }) => (
        <Button
          key={name}
          component={Link}
          href={list}
          variant={list === kind.list ? "light" : "subtle"}
          size="sm"
          {...(list === kind.list ? { "aria-current": "page" as const } : {})}
        >
          {name}
        </Button>
      ))}
    </Group>
  );
}
