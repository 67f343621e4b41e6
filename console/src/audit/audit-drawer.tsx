import { Button, Drawer, Group, Stack, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { messageOf } from "../api/problems.js";
import { useOperation } from "../api/use-operation.js";
import { EmptyState, ErrorState, LoadingState } from "../components/states.js";
import { Time } from "../components/values.js";
import { nameInWords, wordsOf } from "../shared/words.js";
import { ChangeTable } from "./change-table.js";
import { AUDIT_ENTRY, type AuditEntry } from "./audit-queries.js";
import { ChangedRecord } from "./changed-record.js";

interface AuditDrawerProps {
  readonly id: string;
  /** Replaces all filters, and closes the entry. */
  readonly onFilter: (filters: Record<string, string>) => void;
  readonly onClose: () => void;
}

/** One entry of the audit trail, with its changes. */
export function AuditDrawer({ id, onFilter, onClose }: AuditDrawerProps) {
  const { data, error, reload } = useOperation(AUDIT_ENTRY, { id });
  const entry = data?.auditEntries.nodes[0];
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="xl"
      title={entry ? nameInWords(entry.operation) : "Audit entry"}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {error && <ErrorState message={messageOf(error)} onRetry={reload} />}
      {!data && !error && <LoadingState label="Loading the entry" />}
      {data && !entry && (
        <EmptyState title="There is no such entry" text="The address is not that of an entry." />
      )}
      {entry && <Entry entry={entry} onFilter={onFilter} />}
    </Drawer>
  );
}

interface EntryProps extends Pick<AuditDrawerProps, "onFilter"> {
  readonly entry: AuditEntry;
}

function Entry({ entry, onFilter }: EntryProps) {
  const { recordId, requestId } = entry;
  return (
    <Stack>
      <ChangeTable changes={entry.changes} />
      <Table variant="vertical" layout="fixed" aria-label="Who and where">
        <Table.Tbody>
          {factsOf(entry).map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th w={130}>{name}</Table.Th>
              <Table.Td className="breakable">{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group>
        <Button
          variant="default"
          size="xs"
          onClick={() => {
            onFilter({ record: recordId });
          }}
        >
          All changes of this record
        </Button>
        {requestId !== null && (
          <Button
            variant="default"
            size="xs"
            onClick={() => {
              onFilter({ request: requestId });
            }}
          >
            All changes of this request
          </Button>
        )}
      </Group>
    </Stack>
  );
}

function factsOf(entry: AuditEntry): [string, ReactNode][] {
  const none = <Text span inherit c="dimmed" children="None" />;
  return [
    ["Time", <Time key="time" at={entry.createdAt} />],
    ["Changed by", wordsOf(entry.actor)],
    ["Operation", entry.operation],
    ["Record type", <span title={entry.recordType}>{nameInWords(entry.recordType)}</span>],
    ["Record", <ChangedRecord key="record" entry={entry} />],
    ["Merchant id", entry.merchantId ?? none],
    ["Token", entry.tokenPrefix ?? none],
    ["Token id", entry.tokenId ?? none],
    ["Employee id", entry.employeeId ?? none],
    ["Address", entry.address ?? none],
    ["Program", entry.userAgent ?? none],
    ["Request id", entry.requestId ?? none],
  ];
}
