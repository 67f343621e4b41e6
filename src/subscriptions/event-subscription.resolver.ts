import { Arg, Ctx, Resolver } from "type-graphql";
import { requireMerchant } from "../callers/caller.js";
import { readEventCursor, writeEventCursor } from "../events/event-cursor.js";
import type { EventFeed } from "../events/event-feed.service.js";
import { EVENT_SCOPES, readableSubjects } from "../events/event-scope.js";
import { EventType } from "../events/event-type.js";
import type { Event } from "../events/event.record.js";
import { EventObjectType } from "../events/event.type.js";
import type { Context } from "../graphql/context.js";
import { enumTypeOf } from "../graphql/enum-type.js";
import { AllowScopes } from "../graphql/permission.js";
import { SourceEvent, SubscriptionField } from "../graphql/subscription.js";
import { sourceOf } from "./source.js";

/** The events that one read takes from those that wait. */
const EVENTS_AT_ONCE = 100;

/** Where a subscription begins. A client that connects again reports the last result's cursor in a header. */
export function beginningOf(
  { subscription }: Context,
  after: string | null | undefined,
): ReturnType<typeof readEventCursor> | null {
  const cursor = subscription?.resumeAfter ?? after ?? null;
  return cursor === null ? null : readEventCursor(cursor, "after");
}

export const AFTER =
  "The cursor of the last event that the client received. The subscription sends all later events, including those before it began. If omitted, it sends what happens from now on.";

@Resolver()
export class EventSubscriptionResolver {
  constructor(private readonly feed: EventFeed) {}

  @SubscriptionField(() => EventObjectType, {
    description:
      "Sends the merchant's events in their order, each once. The event's `cursor` is the id of the server-sent event, so that a client that connects again misses none. Ends with `SUBSCRIBER_TOO_SLOW` if more than 1,000 events wait for the client. Scope: `POCKETS_READ` for events of pockets, `WEBHOOKS_WRITE` for those of webhook endpoints, `PAYMENTS_READ` for all others.",
  })
  @AllowScopes(...EVENT_SCOPES.filter((scope) => scope !== "OPERATOR"))
  async events(
    @Arg("types", () => [enumTypeOf(EventType)], {
      nullable: true,
      description: "The types to send. If omitted or empty, the events of every type are sent.",
    })
    types: EventType[] | null | undefined,
    @Arg("after", () => String, { nullable: true, description: AFTER })
    after: string | null | undefined,
    @Ctx() context: Context,
  ): Promise<AsyncIterable<SourceEvent<Event>>> {
    const { merchantId, scopes } = requireMerchant(context.caller);
    const subjects = new Set(readableSubjects(scopes));
    const follower = await this.feed.follow({
      merchantId,
      after: beginningOf(context, after),
      types: types && types.length > 0 ? types : undefined,
      accepts: ({ subjectType }) => subjects.has(subjectType),
    });
    return sourceOf(follower, async () => {
      const events = await follower.next(EVENTS_AT_ONCE);
      return events?.map((event) => new SourceEvent(event, writeEventCursor(event))) ?? null;
    });
  }
}
