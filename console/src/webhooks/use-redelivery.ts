import { useState } from "react";
import { useClient } from "urql";
import { type Problem, messageOf, problemsOf } from "../api/problems.js";
import { type DeliveryFilter, REDELIVER } from "./delivery-documents.js";

export interface Redelivery {
  readonly isRunning: boolean;
  /** The number of events that are sent again so far. Null before the first request. */
  readonly count: number | null;
  readonly isDone: boolean;
  readonly problems: readonly Problem[];
  readonly run: () => Promise<void>;
}

/**
 * Sends the events of deliveries again, with one request for each thousand. After a failure, `run` continues where it
 * stopped.
 */
export function useRedelivery(
  webhookEndpointId: string,
  deliveries: DeliveryFilter,
  whenDone: () => Promise<unknown>,
): Redelivery {
  const client = useClient();
  const [isRunning, setRunning] = useState(false);
  const [sent, setSent] = useState<{ count: number; after: string | null } | null>(null);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const isDone = sent !== null && sent.after === null;

  const run = async (): Promise<void> => {
    if (isRunning || isDone) return;
    setRunning(true);
    setProblems([]);
    let count = sent?.count ?? 0;
    let after = sent?.after ?? null;
    do {
      const input = { webhookEndpointId, deliveries, after };
      const { data, error } = await client.mutation(REDELIVER, { input }).toPromise();
      const answer = data?.redeliverWebhooks;
      const found = error
        ? [{ field: null, message: messageOf(error) }]
        : problemsOf(answer?.userErrors ?? []);
      if (!answer || found.length > 0) {
        setProblems(found);
        break;
      }
      count += answer.count;
      after = answer.nextAfter;
      setSent({ count, after });
    } while (after !== null);
    await whenDone();
    setRunning(false);
  };
  return { isRunning, count: sent?.count ?? null, isDone, problems, run };
}
