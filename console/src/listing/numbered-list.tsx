import { Button, Group, ScrollArea, Stack, Table, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

export const NUMBERED_PAGE_SIZE = 20;

interface NumberedColumn<Row> {
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
}

export interface NumberedListProps<Row> {
  readonly title: string;
  /** The button that adds to the list. */
  readonly action?: ReactNode;
  readonly columns: readonly NumberedColumn<Row>[];
  readonly rows: readonly Row[];
  readonly empty: string;
  /** The number of the page, from 1, and how to change it. */
  readonly page: number;
  readonly onPage: (page: number) => void;
}

/** A list within the page of a record, with numbered pages. */
export function NumberedList<Row extends { readonly id: string }>(props: NumberedListProps<Row>) {
  const { title, action, columns, rows, empty, page, onPage } = props;
  return (
    <Stack component="section" gap="xs" aria-label={title}>
      <Group justify="space-between">
        <Title order={2} size="h4">
          {title}
        </Title>
        {action}
      </Group>
      {rows.length === 0 ? (
        <Text c="dimmed">{page === 1 ? empty : "This page is empty."}</Text>
      ) : (
        <Rows label={title} columns={columns} rows={rows} />
      )}
      {(page > 1 || rows.length === NUMBERED_PAGE_SIZE) && (
        <Group justify="flex-end" gap="xs" component="nav" aria-label={`Pages of ${title}`}>
          <Text size="sm">Page {page}</Text>
          <PageButton label="Previous page" isUsable={page > 1} onClick={() => onPage(page - 1)} />
          <PageButton
            label="Next page"
            isUsable={rows.length === NUMBERED_PAGE_SIZE}
            onClick={() => onPage(page + 1)}
          />
        </Group>
      )}
    </Stack>
  );
}

interface RowsProps<Row> {
  readonly label: string;
  readonly columns: readonly NumberedColumn<Row>[];
  readonly rows: readonly Row[];
}

function Rows<Row extends { readonly id: string }>({ label, columns, rows }: RowsProps<Row>) {
  return (
    <ScrollArea
      type="auto"
      viewportProps={{ tabIndex: 0, role: "region", "aria-label": `${label}, table` }}
    >
      <Table>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ header }) => (
              <Table.Th key={header}>{header}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.id}>
              {columns.map(({ header, cell }) => (
                <Table.Td key={header}>{cell(row)}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

interface PageButtonProps {
  readonly label: string;
  readonly isUsable: boolean;
  readonly onClick: () => void;
}

function PageButton({ label, isUsable, onClick }: PageButtonProps) {
  return (
    <Button variant="default" size="xs" disabled={!isUsable} onClick={onClick}>
      {label}
    </Button>
  );
}
