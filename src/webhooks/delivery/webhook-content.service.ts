import type { Logger } from "pino";
import type { EventCursor } from "../../events/event-cursor.js";
import { wireNameOf } from "../../events/event-type.js";
import type { Event } from "../../events/event.record.js";
import { type Context, NO_OPERATIONS } from "../../graphql/context.js";
import { present } from "../../shared/assert.js";
import { Deadline } from "../../shared/deadline.js";
import { ReadBudget } from "../../shared/read-budget.js";
import { HTTP_LIMITS } from "../../shared/request-limits.js";
import { defaultSelectionOf } from "../default-selections.js";
import { scopesOf } from "../webhook-scopes.js";
import type { DeliveryMessage } from "./delivery-message.js";
import type { QueueEndpoint } from "./queue-endpoint.store.js";

/** How long reading the data of a message may take. */
export const DATA_TIMEOUT_MS = 10_000;

/** The content of one event. */
interface EventContent {
  /** Such as `pocket.charged`. */
  readonly type: string;
  readonly timestamp: string;
  /** The result of the endpoint's selection; null if the endpoint may no longer read what it selects. */
  readonly data: object | null;
}

export interface WebhookContentOptions {
  readonly events: {
    findAt(merchantId: string, cursors: readonly EventCursor[]): Promise<Event[]>;
  };
  readonly selections: {
    select(
      selection: string,
      rows: readonly object[],
      context: Context,
    ): Promise<readonly (object | null)[]>;
  };
  readonly log: Logger;
}

/** Writes the bodies of webhooks. */
export class WebhookContent {
  constructor(private readonly options: WebhookContentOptions) {}

  /**
   * The body of a message, with the records of its events as they are now.
   *
   * @throws if an event is no longer stored, and the error of reading the data.
   */
  async bodyOf(endpoint: QueueEndpoint, message: DeliveryMessage): Promise<string> {
    const { merchantId } = endpoint;
    const cursors = message.deliveries.map(({ position, sequence, eventId: id }) => ({
      position,
      sequence,
      id,
    }));
    const found = await this.options.events.findAt(merchantId, cursors);
    const byId = new Map(found.map((event) => [event.id, event]));
    const events = cursors.map(({ id }) => present(byId.get(id), `the event ${id}`));
    const contents = await this.contentsOf(endpoint, events, message.id);
    const isBatch = endpoint.batchSize > 1 || contents.length > 1;
    return JSON.stringify(isBatch ? batchOf(contents) : contents[0]);
  }

  private async contentsOf(
    endpoint: QueueEndpoint,
    events: readonly Event[],
    messageId: string,
  ): Promise<EventContent[]> {
    const context = this.contextOf(endpoint, messageId);
    const selections = new Map<string, Event[]>();
    for (const event of events) {
      const selection = endpoint.dataSelection ?? defaultSelectionOf(event.type);
      selections.set(selection, [...(selections.get(selection) ?? []), event]);
    }
    const data = new Map<string, object | null>();
    await Promise.all(
      [...selections].map(async ([selection, rows]) => {
        const selected = await this.options.selections.select(selection, rows, context);
        rows.forEach(({ id }, index) => data.set(id, selected[index] ?? null));
      }),
    );
    context.deadline.meet();
    return events.map(({ id, type, createdAt }) => ({
      type: wireNameOf(type),
      timestamp: createdAt,
      data: data.get(id) ?? null,
    }));
  }

  /** A context with the rights of the endpoint. It reads the primary, because a replica may not have the event yet. */
  private contextOf(endpoint: QueueEndpoint, requestId: string): Context {
    const { merchantId, id } = endpoint;
    return {
      requestId,
      log: this.options.log,
      caller: { tokenId: id, merchantId, employeeId: null, scopes: scopesOf(endpoint) },
      deadline: new Deadline(DATA_TIMEOUT_MS),
      reads: new ReadBudget(HTTP_LIMITS.responseBytes),
      epoch: {},
      hasWritten: true,
      allows: NO_OPERATIONS,
      subscription: null,
    };
  }
}

/** One body with several events, in their order. Its timestamp is that of the last one. */
function batchOf(contents: readonly EventContent[]): object {
  return { type: "batch", timestamp: contents.at(-1)?.timestamp, data: contents };
}
