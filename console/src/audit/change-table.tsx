import { Table, Text } from "@mantine/core";
import type { AuditEntry } from "./audit-queries.js";

const HIDDEN = "***";

/** The changed fields, before and after. */
export function ChangeTable({ changes }: Pick<AuditEntry, "changes">) {
  if (changes.length === 0) {
    return <Text size="sm">Nothing changed: the record already had the values that were set.</Text>;
  }
  const hasHidden = changes.some(({ from, to }) => from === HIDDEN || to === HIDDEN);
  return (
    <>
      <Table layout="fixed" aria-label="Changes">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Field</Table.Th>
            <Table.Th>Before</Table.Th>
            <Table.Th>After</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changes.map(({ field, from, to }) => (
            <Table.Tr key={field}>
              <Table.Th scope="row" fw={400} className="breakable">
                {field}
              </Table.Th>
              <Table.Td className="breakable">
                <Value text={from} />
              </Table.Td>
              <Table.Td className="breakable">
                <Value text={to} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="sm" c="dimmed">
        Amounts are in the minor unit of their currency, and times in UTC.
        {hasHidden && ` ${HIDDEN} is a value that the audit trail hides, such as a name.`}
      </Text>
    </>
  );
}

function Value({ text }: { readonly text: string | null }) {
  if (text === null) return <Text span inherit c="dimmed" children="Empty" />;
  return <bdi>{text}</bdi>;
}
