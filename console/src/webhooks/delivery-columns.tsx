import { Text } from "@mantine/core";
import type { Column } from "../listing/list-table.js";
import { Status, Time } from "../components/values.js";
import type { Delivery } from "./delivery-documents.js";
import { SUBJECT_ID } from "./delivery-filter.js";
import { failureText } from "./failure-text.js";
import { DeliveryButton } from "./delivery-dialog.js";

export const DELIVERY_SORT_FIELDS = [
  "CREATED_AT",
  "UPDATED_AT",
  "NEXT_ATTEMPT_AT",
  "STATUS",
  "ATTEMPTS",
  "RESPONSE_STATUS",
  "DURATION_MS",
] as const;

type SortField = (typeof DELIVERY_SORT_FIELDS)[number];

export const DELIVERY_COLUMNS: readonly Column<Delivery, SortField>[] = [
  { name: "event", header: "Event", cell: (row) => <DeliveryButton delivery={row} /> },
  {
    name: "status",
    header: "Status",
    sortField: "STATUS",
    cell: ({ status }) => <Status value={status} />,
  },
  { name: "answer", header: "Answer", sortField: "RESPONSE_STATUS", cell: answerOf },
  {
    name: "attempts",
    header: "Attempts",
    sortField: "ATTEMPTS",
    isNumber: true,
    cell: ({ attempts }) => attempts.toLocaleString(),
  },
  {
    name: "duration",
    header: "Duration",
    sortField: "DURATION_MS",
    isNumber: true,
    cell: ({ durationMs }) => (durationMs === null ? "" : `${durationMs.toLocaleString()} ms`),
  },
  {
    name: "next",
    header: "Next attempt",
    sortField: "NEXT_ATTEMPT_AT",
    cell: ({ nextAttemptAt }) => nextAttemptAt !== null && <Time at={nextAttemptAt} />,
  },
  {
    name: "updated",
    header: "Last change",
    sortField: "UPDATED_AT",
    cell: ({ updatedAt }) => <Time at={updatedAt} />,
  },
  {
    name: "created",
    header: "Queued",
    sortField: "CREATED_AT",
    isExtra: true,
    cell: ({ createdAt }) => <Time at={createdAt} />,
  },
  {
    name: "subject",
    header: SUBJECT_ID,
    isExtra: true,
    cell: ({ subjectId }) => <Text size="xs">{subjectId}</Text>,
  },
];

/** The HTTP status, or why there is none. */
function answerOf({ responseStatus, error }: Delivery) {
  if (responseStatus !== null) return responseStatus;
  if (error === null) return "";
  const text = failureText(error);
  return (
    <Text size="sm" maw={260} lineClamp={2} title={text}>
      {text}
    </Text>
  );
}
