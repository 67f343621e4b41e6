import { Args, Ctx, FieldResolver, Int, Query, Resolver, Root } from "type-graphql";
import type { Context } from "../graphql/context.js";
import { NodeType, type TypedRow } from "../graphql/node.type.js";
import { AllowScopes } from "../graphql/permission.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list-query.js";
import type { NodeService } from "../nodes/node.service.js";
import { writeEventCursor } from "./event-cursor.js";
import type { PreviousSequenceLoader } from "./event.loader.js";
import { EVENT_SCOPES } from "./event-scope.js";
import type { EventReader } from "./event.reader.js";
import type { Event, eventRecord } from "./event.record.js";
import { EventObjectType, EventSubject, eventListTypes } from "./event.type.js";

@Resolver(() => EventObjectType)
export class EventResolver {
  constructor(
    private readonly reader: EventReader,
    private readonly previous: PreviousSequenceLoader,
    private readonly nodes: NodeService,
  ) {}

  @Query(() => eventListTypes.Connection, {
    description:
      "Lists the merchant's events, the oldest first. To follow the list, keep the last cursor and send it as `after`: no event is ever skipped. Events are listed for EVENT_RETENTION, 30 days by default. Operators see the events of all merchants. Scope: `POCKETS_READ` for events of pockets, `WEBHOOKS_WRITE` for those of webhook endpoints, `PAYMENTS_READ` for all others, or an operator's token.",
  })
  @AllowScopes(...EVENT_SCOPES)
  events(
    @Args(() => eventListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof eventRecord> {
    return this.reader.events.all(context, args);
  }

  @FieldResolver(() => EventSubject, {
    description: "The record that the event is about, such as a pocket or a payment charge.",
  })
  subject(@Root() { subjectType, subjectId }: Event): object {
    return { type: subjectType, id: subjectId };
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description:
      "The `sequence` of the merchant's previous event of the same subject; null for the first. If it is higher than the last `sequence` that you have received for the subject, you have missed an event.",
  })
  previousSequence(
    @Root() event: Event,
    @Ctx() context: Context,
  ): Promise<number | null> | number | null {
    return this.previous.load(context, event);
  }

  @FieldResolver(() => NodeType, {
    nullable: true,
    description:
      "The record that the description of `type` names, in its current state. Null if the token may not read it, for example because the merchant is no longer granted the pocket group.",
  })
  data(
    @Root() { dataType, dataId, subjectId }: Event,
    @Ctx() context: Context,
  ): Promise<TypedRow | null> {
    return this.nodes.findOf(context, dataType, dataId ?? subjectId);
  }

  @FieldResolver(() => String, {
    description:
      "The event's cursor. Send it as `after` to continue after this event, in `events` and in subscriptions.",
  })
  cursor(@Root() event: Event): string {
    return writeEventCursor(event);
  }
}
