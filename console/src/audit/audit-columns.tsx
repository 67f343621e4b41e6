import { Anchor } from "@mantine/core";
import { Name, Time } from "../components/values.js";
import type { Column } from "../listing/list-table.js";
import { nameInWords, wordsOf } from "../shared/words.js";
import type { AuditRow } from "./audit-queries.js";

/**
 * @param names the known names of merchants by id.
 * @param open opens an entry.
 */
export function columnsOf(
  names: ReadonlyMap<string, string>,
  open: (id: string) => void,
): Column<AuditRow, "CREATED_AT">[] {
  return [
    {
      name: "time",
      header: "Time",
      sortField: "CREATED_AT",
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
    { name: "operation", header: "Operation", cell: (row) => <OpenEntry row={row} open={open} /> },
    {
      name: "type",
      header: "Record type",
      cell: ({ recordType }) => <span title={recordType}>{nameInWords(recordType)}</span>,
    },
    { name: "actor", header: "Changed by", cell: ({ actor }) => wordsOf(actor) },
    {
      name: "merchant",
      header: "Merchant",
      cell: ({ merchantId }) =>
        merchantId === null ? "—" : <Name>{names.get(merchantId) ?? merchantId}</Name>,
    },
    { name: "token", header: "Token", cell: ({ tokenPrefix }) => tokenPrefix ?? "—" },
    { name: "address", header: "Address", cell: ({ address }) => address ?? "—" },
    {
      name: "changes",
      header: "Fields",
      isNumber: true,
      cell: ({ changes }) => changes.length.toLocaleString(),
    },
    { name: "record", header: "Record id", isExtra: true, cell: ({ recordId }) => recordId },
    {
      name: "request",
      header: "Request id",
      isExtra: true,
      cell: ({ requestId }) => requestId ?? "—",
    },
    {
      name: "employee",
      header: "Employee id",
      isExtra: true,
      cell: ({ employeeId }) => employeeId ?? "—",
    },
    { name: "agent", header: "Program", isExtra: true, cell: ({ userAgent }) => userAgent ?? "—" },
  ];
}

interface OpenEntryProps {
  readonly row: AuditRow;
  readonly open: (id: string) => void;
}

function OpenEntry({ row: { id, operation }, open }: OpenEntryProps) {
  return (
    <Anchor
      component="button"
      type="button"
      size="sm"
      aria-haspopup="dialog"
      title={operation}
      onClick={() => {
        open(id);
      }}
    >
      {nameInWords(operation)}
    </Anchor>
  );
}
