import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { Column } from "../listing/list-table.js";
import { Time } from "../components/values.js";
import type { Delivery } from "./delivery-documents.js";
import { SUBJECT_ID } from "./delivery-filter.js";
import { failureText } from "./failure-text.js";
import { DeliveryStatus } from "./statuses.js";

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

const COLUMNS: readonly Column<Delivery, SortField>[] = [
  {
    name: "status",
    header: "Status",
    sortField: "STATUS",
    cell: (delivery) => <DeliveryStatus delivery={delivery} />,
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
    isExtra: true,
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

/** The columns of the list, of which the first one opens the delivery. */
export function deliveryColumns(
  event: (delivery: Delivery) => ReactNode,
): readonly Column<Delivery, SortField>[] {
  return [{ name: "event", header: "Event", cell: event }, ...COLUMNS];
}

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
