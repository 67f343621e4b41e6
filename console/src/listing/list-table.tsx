import { Checkbox, Group, ScrollArea, Skeleton, Stack, Table, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconSelector } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { OperationState } from "../api/use-operation.js";
import { messageOf } from "../api/problems.js";
import { ExportButton } from "../exports/export-button.js";
import { EmptyState, ErrorState } from "../components/states.js";
import { ColumnMenu } from "./column-menu.js";
import { CopyLink } from "./copy-link.js";
import type { ListState, SortState } from "./list-state.js";
import { type PageInfo, PageButtons } from "./page-buttons.js";

export interface Column<Row, Field extends string> {
  readonly name: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** The field to sort by; omitted if the list cannot be sorted by this column. */
  readonly sortField?: Field;
  /** Aligns the digits of numbers and amounts. */
  readonly isNumber?: boolean;
  /** Hidden until the person selects it in the column menu. */
  readonly isExtra?: boolean;
}

/** Selected rows, for actions on several records. */
export interface Selection {
  readonly ids: ReadonlySet<string>;
  readonly change: (ids: ReadonlySet<string>) => void;
}

interface ListTableProps<Row extends { readonly id: string }, Field extends string> {
  /** What the list contains, for screen readers: "Payments". */
  readonly label: string;
  readonly columns: readonly Column<Row, Field>[];
  readonly state: ListState<Field>;
  readonly operation: OperationState<unknown>;
  readonly rows: readonly Row[] | undefined;
  readonly pageInfo: PageInfo | undefined;
  readonly totalCount?: number | undefined;
  /** What to do if nothing matches. */
  readonly empty: ReactNode;
  readonly selection?: Selection;
  /** What the button "Export" saves: the list's GraphQL name, and the filter of the page; null while it is unknown. */
  readonly exported: { readonly list: string; readonly filter: object | null };
}

/** One page of a list: sorting, columns, pages, and what to show while there is nothing. */
export function ListTable<Row extends { readonly id: string }, Field extends string>(
  props: ListTableProps<Row, Field>,
) {
  const { label, columns, state, operation, rows, pageInfo, totalCount, empty } = props;
  const { selection, exported } = props;
  const shown = columns.filter(({ name, isExtra }) =>
    state.columns ? state.columns.includes(name) : isExtra !== true,
  );
  if (operation.error) {
    return (
      <ErrorState message={messageOf(operation.error)} onRetry={() => void operation.reload()} />
    );
  }
  return (
    <Stack gap="xs" aria-busy={operation.isStale || operation.isLoading}>
      <Group justify="flex-end" gap="xs">
        {exported.filter && (
          <ExportButton
            list={exported.list}
            filter={exported.filter}
            sort={state.sort && [state.sort]}
            label={label}
            total={totalCount}
            state={state}
          />
        )}
        <CopyLink />
        <ColumnMenu
          columns={columns}
          shown={shown.map(({ name }) => name)}
          onChange={state.setColumns}
        />
      </Group>
      <ScrollArea
        type="auto"
        viewportProps={{ tabIndex: 0, role: "region", "aria-label": `${label}, table` }}
      >
        <Table highlightOnHover className={operation.isStale ? "stale" : ""}>
          <Table.Thead>
            <Table.Tr>
              {selection && rows && <SelectAll rows={rows} {...selection} />}
              {shown.map((column) => (
                <Header key={column.name} column={column} state={state} />
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows?.map((row) => (
              <Table.Tr key={row.id}>
                {selection && <SelectRow id={row.id} {...selection} />}
                {shown.map(({ name, cell, isNumber }) => (
                  <Table.Td key={name} className={isNumber ? "number" : ""}>
                    {cell(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
            {operation.isLoading && <SkeletonRows columns={shown.length} />}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      {rows?.length === 0 && <EmptyState title="Nothing found" text={empty} />}
      {pageInfo && <PageButtons pageInfo={pageInfo} state={state} totalCount={totalCount} />}
    </Stack>
  );
}

interface HeaderProps<Row, Field extends string> {
  readonly column: Column<Row, Field>;
  readonly state: ListState<Field>;
}

function Header<Row, Field extends string>({ column, state }: HeaderProps<Row, Field>) {
  const { header, sortField, isNumber } = column;
  const alignment = isNumber ? "number" : "";
  if (sortField === undefined) return <Table.Th className={alignment}>{header}</Table.Th>;
  const current = state.sort?.field === sortField ? state.sort.direction : null;
  const sorted = current === "ASC" ? "ascending" : "descending";
  return (
    <Table.Th className={alignment} aria-sort={current === null ? "none" : sorted}>
      <UnstyledButton
        fw={700}
        fz="sm"
        onClick={() => {
          state.setSort(nextSort(sortField, current));
        }}
      >
        {/* Before the heading of a number, which ends where the figures end. */}
        {isNumber && <SortIcon direction={current} />}
        {header}
        {!isNumber && <SortIcon direction={current} />}
      </UnstyledButton>
    </Table.Th>
  );
}

function SortIcon({ direction }: { readonly direction: "ASC" | "DESC" | null }) {
  if (direction === null) return <IconSelector size={14} aria-hidden opacity={0.5} />;
  return direction === "ASC" ? (
    <IconArrowUp size={14} aria-hidden />
  ) : (
    <IconArrowDown size={14} aria-hidden />
  );
}

/** Descending, ascending, then the list's own order. */
function nextSort<Field extends string>(
  field: Field,
  current: "ASC" | "DESC" | null,
): SortState<Field> | null {
  if (current === "ASC") return null;
  return { field, direction: current === "DESC" ? "ASC" : "DESC" };
}

function SelectAll({
  rows,
  ids,
  change,
}: Selection & { readonly rows: readonly { id: string }[] }) {
  const isAll = rows.length > 0 && rows.every(({ id }) => ids.has(id));
  return (
    <Table.Th w={40}>
      <Checkbox
        aria-label="Select all rows of this page"
        checked={isAll}
        onChange={() => {
          change(new Set(isAll ? [] : rows.map(({ id }) => id)));
        }}
      />
    </Table.Th>
  );
}

function SelectRow({ id, ids, change }: Selection & { readonly id: string }) {
  return (
    <Table.Td>
      <Checkbox
        aria-label="Select this row"
        checked={ids.has(id)}
        onChange={() => {
          const next = new Set(ids);
          if (!next.delete(id)) next.add(id);
          change(next);
        }}
      />
    </Table.Td>
  );
}

function SkeletonRows({ columns }: { readonly columns: number }) {
  return Array.from({ length: 5 }, (_, row) => (
    <Table.Tr key={row}>
      {Array.from({ length: columns }, (_cell, cell) => (
        <Table.Td key={cell}>
          <Skeleton height={16} />
        </Table.Td>
      ))}
    </Table.Tr>
  ));
}
