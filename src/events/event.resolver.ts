import { Args, Ctx, FieldResolver, Int, Query, Resolver, Root } from "type-graphql";
import type { Context } from "../graphql/context.js";
import { NodeType, type TypedRow } from "../graphql/node.type.js";
import { AllowScopes } from "../graphql/permission.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list-query.js";
import type { NodeService } from "../nodes/node.service.js";
import { writeEventCursor } from "./event-cursor.js";
import type { PreviousSequenceLoader } from "./event.loader.js";
import { EVENT_SCOPES, type EventReader } from "./event.reader.js";
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
      "Lists the events of the merchant, the oldest first: those of pockets with the scope POCKETS_READ, those of payments, customers and orders with PAYMENTS_READ, those of webhook endpoints with WEBHOOKS_WRITE. To follow them, keep the last `endCursor` and send it as `after`: no event is ever skipped. Events older than EVENT_RETENTION are not listed. Operators see the events of all merchants.",
  })
  @AllowScopes(...EVENT_SCOPES)
  events(
    @Args(() => eventListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof eventRecord> {
    return this.reader.events.all(context, args);
  }

  @FieldResolver(() => EventSubject, { description: "The record that the event is about." })
  subject(@Root() { subjectType, subjectId }: Event): object {
    return { type: subjectType, id: subjectId };
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description:
      "The `sequence` of the previous event of the same subject that the merchant got. If it is above that of the last event received, events were missed. Null for the first.",
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
      "The record that `type` names, as it is now. Null if the token may not read it, for example because the merchant has lost the pocket group.",
  })
  data(
    @Root() { dataType, dataId, subjectId }: Event,
    @Ctx() context: Context,
  ): Promise<TypedRow | null> {
    return this.nodes.findOf(context, dataType, dataId ?? subjectId);
  }

  @FieldResolver(() => String, {
    description:
      "The event's cursor. `events(after:)` and subscriptions continue after the event with it.",
  })
  cursor(@Root() event: Event): string {
    return writeEventCursor(event);
  }
}
