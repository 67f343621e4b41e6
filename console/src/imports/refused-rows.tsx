import { ScrollArea, Stack, Table, Text } from "@mantine/core";
import type { ImportRow } from "./import-parts.js";

const SHOWN = 100;

/** The first refused rows, with their lines in the file and the reasons. */
export function RefusedRows({ rows }: { readonly rows: readonly ImportRow[] }) {
  return (
    <Stack gap="xs">
      <ScrollArea
        type="auto"
        viewportProps={{ tabIndex: 0, role: "region", "aria-label": "Refused rows" }}
      >
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th className="number">Line</Table.Th>
              <Table.Th>Phone number</Table.Th>
              <Table.Th>Reason</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.slice(0, SHOWN).map(({ row, line, phoneNumber, message }) => (
              <Table.Tr key={row}>
                <Table.Td className="number">{line.toLocaleString()}</Table.Td>
                <Table.Td>
                  <bdi>{phoneNumber ?? ""}</bdi>
                </Table.Td>
                <Table.Td>{message}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      {rows.length > SHOWN && (
        <Text size="sm" c="dimmed">
          {`The first ${String(SHOWN)} of ${rows.length.toLocaleString()} refused rows. The saved file has all of them.`}
        </Text>
      )}
    </Stack>
  );
}
