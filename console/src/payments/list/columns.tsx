import { Anchor, Text } from "@mantine/core";
import { Link } from "wouter";
import { Money, Name, Status, Time } from "../../components/values.js";
import type { Column } from "../../listing/list-table.js";
import { type PaymentKind, paymentsOf } from "../kinds.js";

/** What every kind of payment has. */
export interface PaymentRow {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly status: string;
  readonly currency: string;
  readonly currencyMinorUnits: number | null;
  readonly totalInCents: number;
  readonly customer: { readonly id: string; readonly name: string } | null;
  readonly order: { readonly id: string; readonly number: number } | null;
  readonly employee: { readonly name: string } | null;
}

/** Every kind of payment can be sorted by these. */
export type SharedField = "CREATED_AT" | "UPDATED_AT" | "STATUS" | "TOTAL_IN_CENTS";

/** The columns that every list begins with. The time of creation opens the payment. */
export function firstColumns({ of }: PaymentKind): readonly Column<PaymentRow, SharedField>[] {
  return [
    {
      name: "created",
      header: "Created",
      sortField: "CREATED_AT",
      cell: ({ id, createdAt }) => (
        <Anchor component={Link} href={of(id)} size="sm" className="nowrap">
          <Time at={createdAt} />
        </Anchor>
      ),
    },
    {
      name: "status",
      header: "Status",
      sortField: "STATUS",
      cell: ({ status }) => <Status value={status} />,
    },
    amountColumn("total", "Total", "TOTAL_IN_CENTS", ({ totalInCents }) => totalInCents),
    {
      name: "customer",
      header: "Customer",
      cell: ({ customer }) =>
        customer && (
          <Anchor
            component={Link}
            href={paymentsOf("customer", customer.id)}
            size="sm"
            className="nowrap"
          >
            <Name>{customer.name}</Name>
          </Anchor>
        ),
    },
    {
      name: "order",
      header: "Order",
      isNumber: true,
      cell: ({ order }) =>
        order && (
          <Anchor component={Link} href={paymentsOf("order", order.id)} size="sm">
            {order.number}
          </Anchor>
        ),
    },
  ];
}

/** The columns that every list ends with. */
export const LAST_COLUMNS: readonly Column<PaymentRow, SharedField>[] = [
  extra(textColumn("employee", "Employee", ({ employee }) => employee?.name ?? null)),
  extra({
    name: "updated",
    header: "Updated",
    sortField: "UPDATED_AT",
    cell: ({ updatedAt }) => <Time at={updatedAt} />,
  }),
];

export function amountColumn<Row extends PaymentRow, Field extends string>(
  name: string,
  header: string,
  sortField: Field,
  amountOf: (row: Row) => number,
): Column<Row, Field> {
  return {
    name,
    header,
    sortField,
    isNumber: true,
    cell: (row) => (
      <Money amount={amountOf(row)} currency={row.currency} minorUnits={row.currencyMinorUnits} />
    ),
  };
}

export function textColumn<Row, Field extends string = never>(
  name: string,
  header: string,
  textOf: (row: Row) => string | null,
  sortField?: Field,
): Column<Row, Field> {
  return {
    name,
    header,
    ...(sortField === undefined ? {} : { sortField }),
    cell: (row) => (
      <Text size="sm" dir="auto" lineClamp={1} maw={240}>
        {textOf(row)}
      </Text>
    ),
  };
}

/** A column that is hidden until the person selects it. */
export function extra<Row, Field extends string>(column: Column<Row, Field>): Column<Row, Field> {
  return { ...column, isExtra: true };
}
