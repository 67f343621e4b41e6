import { Anchor, Button, Code, Group, Modal, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { ResultOf } from "../api/graphql.js";
import { useOperation } from "../api/use-operation.js";
import { Details } from "../components/details.js";
import { Loaded } from "../components/loaded.js";
import { EmptyState } from "../components/states.js";
import { Time } from "../components/values.js";
import { nameInWords, wordsOf } from "../shared/words.js";
import { DELIVERY, type Delivery } from "./delivery-documents.js";
import { SUBJECT_ID } from "./delivery-filter.js";
import { EventText } from "../overview/event-text.js";
import { failureText } from "./failure-text.js";
import { DeliveryStatus } from "./statuses.js";

interface DeliveryButtonProps {
  readonly delivery: Delivery;
  /** The dialog that sends the delivery again. Null if that is not possible. */
  readonly sendAgain: ((onClose: () => void) => ReactNode) | null;
}

/** The type of a delivery's event, which opens everything about it. */
export function DeliveryButton({ delivery, sendAgain }: DeliveryButtonProps) {
  const [shown, setShown] = useState<"nothing" | "details" | "sending">("nothing");
  const close = (): void => setShown("nothing");
  const name = wordsOf(delivery.eventType);
  return (
    <>
      <Anchor
        component="button"
        type="button"
        inherit
        ta="start"
        onClick={() => setShown("details")}
      >
        {name}
      </Anchor>
      <Modal
        opened={shown === "details"}
        onClose={close}
        title={`Delivery: ${name}`}
        size="lg"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <Stack>
          <DeliveryDetails id={delivery.id} />
          {sendAgain && (
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setShown("sending")}>
                Send again
              </Button>
            </Group>
          )}
        </Stack>
      </Modal>
      {shown === "sending" && sendAgain?.(close)}
    </>
  );
}

function DeliveryDetails({ id }: { readonly id: string }) {
  const operation = useOperation(DELIVERY, { filter: { id: { eq: [id] } } });
  return (
    <Loaded operation={operation} label="Loading the delivery">
      {({ webhookDeliveries: { nodes } }) => {
        const [found] = nodes;
        return found ? (
          <Stack>
            {found.event && <EventText event={found.event} />}
            <Answer {...found} />
            <EventDetails {...found} />
          </Stack>
        ) : (
          <EmptyState title="There is no such delivery" text="The server has removed it since." />
        );
      }}
    </Loaded>
  );
}

type Found = ResultOf<typeof DELIVERY>["webhookDeliveries"]["nodes"][number];

function Answer(delivery: Found) {
  const { attempts, responseStatus, responseBody, error, durationMs } = delivery;
  return (
    <>
      <Details
        items={[
          ["Status", <DeliveryStatus delivery={delivery} />],
          ["Attempts", attempts],
          ["Next attempt", delivery.nextAttemptAt && <Time at={delivery.nextAttemptAt} />],
          ["Answer's status", responseStatus],
          [
            "Duration of the last attempt",
            durationMs === null ? null : `${durationMs.toLocaleString()} ms`,
          ],
          ["Error", error === null ? null : failureText(error)],
          ["Queued", <Time at={delivery.createdAt} />],
          ["Last change", <Time at={delivery.updatedAt} />],
          ["webhook-id", delivery.messageId],
        ]}
      />
      {responseBody !== null && (
        <div>
          <Text size="sm" c="dimmed">
            Answer’s body (the first 1,024 bytes)
          </Text>
          <Code block tabIndex={0} role="region" aria-label="Answer's body" className="code">
            {responseBody === "" ? "(empty)" : responseBody}
          </Code>
        </div>
      )}
    </>
  );
}

function EventDetails({ event, eventId, subjectId }: Found) {
  return (
    <Details
      items={[
        ["Event’s id", eventId],
        [SUBJECT_ID, subjectId],
        ["Subject", event && nameInWords(event.subject.__typename)],
        ["Record", event?.data && `${nameInWords(event.data.__typename)} ${event.data.id}`],
        ["Time of the change", event && <Time at={event.createdAt} />],
        ["Sequence", event && sequenceOf(event)],
      ]}
    />
  );
}

function sequenceOf({ sequence, previousSequence }: NonNullable<Found["event"]>): string {
  return previousSequence === null
    ? `${String(sequence)}, the first of the subject`
    : `${String(sequence)}, after ${String(previousSequence)}`;
}
