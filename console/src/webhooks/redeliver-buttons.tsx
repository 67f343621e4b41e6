import { Group } from "@mantine/core";
import { DialogButton } from "../components/dialog-button.js";
import { counted, wordsOf } from "../shared/words.js";
import type { DeliveryFilter } from "./delivery-documents.js";
import type { Endpoint } from "./endpoint-page.js";
import { RedeliverDialog } from "./redeliver-dialog.js";

interface RedeliverButtonsProps {
  readonly endpoint: Endpoint;
  /** The filter of the list. */
  readonly filter: DeliveryFilter;
  /** The number of deliveries that match it. */
  readonly total: number;
  /** The ids of the selected deliveries. */
  readonly selected: ReadonlySet<string>;
  /** Reads the list again. */
  readonly readAgain: () => Promise<unknown>;
  readonly onSent: () => void;
}

/** Sends the selected deliveries again, or all that the filter matches. */
export function RedeliverButtons(props: RedeliverButtonsProps) {
  const { endpoint, filter, total, selected, readAgain, onSent } = props;
  const shared = { endpoint, readAgain, onSent };
  return (
    <Group gap="xs">
      <DialogButton
        label={
          selected.size === 0
            ? "Send selected again"
            : `Send selected again (${String(selected.size)})`
        }
        size="xs"
        disabled={selected.size === 0}
      >
        {(close) => (
          <RedeliverDialog
            {...shared}
            count={selected.size}
            filter={{ id: { eq: [...selected] } }}
            onClose={close}
          />
        )}
      </DialogButton>
      <DialogButton label={labelOf(total, filter)} size="xs" disabled={total === 0}>
        {(close) => <RedeliverDialog {...shared} count={total} filter={filter} onClose={close} />}
      </DialogButton>
    </Group>
  );
}

/** Says how many are sent again, and which statuses they have. */
function labelOf(total: number, { status }: DeliveryFilter): string {
  const all = total === 1 ? "" : "all ";
  const statuses = status?.eq?.map((one) => wordsOf(one).toLowerCase()) ?? [];
  return statuses.length === 0
    ? `Send ${all}${counted(total, "event")} of any status again`
    : `Send ${all}${counted(total, `${statuses.join(" or ")} event`)} again`;
}
