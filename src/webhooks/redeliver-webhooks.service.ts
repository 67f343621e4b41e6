import type { MerchantCaller } from "../callers/caller.js";
import type { ReadSource, ReadingRequest } from "../database/request-reads.js";
import { withinTime } from "../database/request-reads.js";
import { type EventCursor, readEventCursor, writeEventCursor } from "../events/event-cursor.js";
import type { Filter } from "../listing/filter.js";
import { filterBudgetOf } from "../listing/filter-budget.js";
import type { ListDefinition } from "../listing/list-query.js";
import { listedCondition } from "../listing/listed-condition.js";
import { auditOf } from "../records/audit.js";
import { AppError } from "../shared/errors.js";
import { type Outcome, UserErrors, done, refused } from "../shared/user-error.js";
import { parseUuid } from "../shared/uuid.js";
import {
  type DeliverableEvent,
  eventsFor,
  eventsOfDeliveries,
  sendAgain,
} from "./redelivery.store.js";
import { DISABLED } from "./webhook-endpoint.js";
import type { WebhookEndpoint } from "./webhook-endpoint.record.js";
import type { WebhookEndpointStore } from "./webhook-endpoint.store.js";
import { authorizeEndpoint } from "./webhook-scopes.js";

/** The maximum number of events that one request sends again. */
export const MAX_REDELIVERED = 1_000;

export interface RedeliverWebhooksInput {
  readonly webhookEndpointId: string;
  readonly deliveries?: Filter | null | undefined;
  readonly events?: Filter | null | undefined;
  readonly after?: string | null | undefined;
}

/** What is sent again. */
export interface Redelivery {
  readonly webhookEndpoint: WebhookEndpoint;
  readonly count: number;
  /** The cursor after which more events match; null if none do. */
  readonly nextAfter: string | null;
}

type Source = Pick<ListDefinition, "record" | "visibleTo" | "filters">;

/** Sends events to an endpoint again, or for the first time, by a filter of its deliveries or of all events. */
export class RedeliverWebhooks {
  constructor(
    private readonly database: Pick<ReadSource, "pool">,
    private readonly endpoints: WebhookEndpointStore,
    private readonly sources: { readonly deliveries: Source; readonly events: Source },
  ) {}

  /**
   * @param request limits the time and the bytes for finding the events.
   * @throws AppError NOT_FOUND for the endpoint; FORBIDDEN if the token may not read its events; BAD_USER_INPUT for a
   *   filter.
   */
  async redeliver(
    caller: MerchantCaller,
    input: RedeliverWebhooksInput,
    request: ReadingRequest,
  ): Promise<Outcome<Redelivery>> {
    const { webhookEndpointId } = input;
    const id = parseUuid(webhookEndpointId);
    const { merchantId } = caller;
    const endpoint = id && (await this.endpoints.find({ merchantId, id }));
    if (endpoint === null) throw notFound(webhookEndpointId);
    authorizeEndpoint(caller, endpoint);
    const errors = check(endpoint, input);
    if (errors.all.length > 0) return refused(...errors.all);
    const found = await this.find(endpoint, caller, input, request);
    const events = found.slice(0, MAX_REDELIVERED);
    const last = found.length > MAX_REDELIVERED ? events.at(-1) : undefined;
    const nextAfter = last ? writeEventCursor(last) : null;
    if (events.length === 0) return done({ webhookEndpoint: endpoint, count: 0, nextAfter });
    const changed = await this.endpoints.change(
      endpoint,
      (locked, now) => {
        authorizeEndpoint(caller, locked);
        return { lastRedeliveryAt: now };
      },
      auditOf(caller, "redeliverWebhooks"),
      () => sendAgain(endpoint, events),
    );
    if (changed === null) throw notFound(webhookEndpointId);
    return done({ webhookEndpoint: changed, count: events.length, nextAfter });
  }

  /** The events to send, and one more if there are too many. */
  private find(
    endpoint: WebhookEndpoint,
    caller: MerchantCaller,
    { deliveries, events, after }: RedeliverWebhooksInput,
    request: ReadingRequest,
  ): Promise<DeliverableEvent[]> {
    const on = withinTime(this.database.pool, request);
    const budget = filterBudgetOf(request.deadline);
    const cursor: EventCursor | null = after == null ? null : readEventCursor(after, "input.after");
    const limit = MAX_REDELIVERED + 1;
    if (deliveries != null) {
      const path = "input.deliveries";
      const { deliveries: source } = this.sources;
      const condition = listedCondition(source, caller, deliveries, budget, path);
      return eventsOfDeliveries(on, endpoint, condition, cursor, limit);
    }
    const { events: source } = this.sources;
    const condition = listedCondition(source, caller, events ?? {}, budget, "input.events");
    return eventsFor(on, endpoint, condition, cursor, limit);
  }
}

function check(
  { isEnabled }: WebhookEndpoint,
  { deliveries, events }: RedeliverWebhooksInput,
): UserErrors {
  const errors = new UserErrors();
  if (!isEnabled) errors.add(DISABLED.code, DISABLED.field, DISABLED.message);
  if ((deliveries == null) === (events == null)) {
    const message = "Give exactly one of deliveries and events.";
    errors.add("REQUIRED", deliveries == null ? "deliveries" : "events", message);
  }
  return errors;
}

function notFound(id: string): AppError {
  return new AppError("NOT_FOUND", `There is no webhook endpoint with the id ${id}.`);
}
