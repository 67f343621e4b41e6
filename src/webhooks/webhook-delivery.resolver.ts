import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import { requireMerchant } from "../callers/caller.js";
import { EventObjectType } from "../events/event.type.js";
import type { Context } from "../graphql/context.js";
import type { TypedRow } from "../graphql/node.type.js";
import { AllowScopes } from "../graphql/permission.js";
import { Weighted } from "../graphql/weighted.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list-query.js";
import type { RecordLoader } from "../listing/loader.js";
import type { NodeService } from "../nodes/node.service.js";
import { MAX_REDELIVERED, type RedeliverWebhooks } from "./redeliver-webhooks.service.js";
import { RedeliverWebhooksInput } from "./webhook-delivery.input.js";
import type { WebhookDelivery, webhookDeliveryRecord } from "./webhook-delivery.record.js";
import {
  RedeliverWebhooksPayload,
  WebhookDeliveryType,
  webhookDeliveryListTypes,
} from "./webhook-delivery.type.js";
import type { WebhookEndpoint } from "./webhook-endpoint.record.js";
import { WebhookEndpointType } from "./webhook-endpoint.type.js";
import type { WebhookReader } from "./webhook.reader.js";

@Resolver(() => WebhookDeliveryType)
export class WebhookDeliveryResolver {
  constructor(
    private readonly useCase: RedeliverWebhooks,
    private readonly reader: WebhookReader,
    private readonly endpoints: RecordLoader<WebhookEndpoint>,
    private readonly nodes: NodeService,
  ) {}

  @Query(() => webhookDeliveryListTypes.Connection, {
    description:
      "Lists the deliveries of the merchant's events to its webhook endpoints, also to deleted ones. They are kept as long as the events. Scope: `WEBHOOKS_WRITE`.",
  })
  @AllowScopes("WEBHOOKS_WRITE")
  webhookDeliveries(
    @Args(() => webhookDeliveryListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof webhookDeliveryRecord> {
    return this.reader.deliveries.all(context, args);
  }

  @Mutation(() => RedeliverWebhooksPayload, {
    description:
      "Sends events to a webhook endpoint again, or for the first time: at most 1,000, the earliest first. An event has the same `webhook-id` again; a batch has the same one if it has the same events. What is pending is sent at once. `NOT_FOUND` if the merchant has no endpoint with this id. Scope: `WEBHOOKS_WRITE`, and those that read the endpoint's events.",
  })
  @AllowScopes("WEBHOOKS_WRITE")
  @Weighted(MAX_REDELIVERED)
  async redeliverWebhooks(
    @Arg("input", () => RedeliverWebhooksInput, {
      description: "The endpoint, and a filter of its deliveries or of the merchant's events.",
    })
    input: RedeliverWebhooksInput,
    @Ctx() context: Context,
  ): Promise<RedeliverWebhooksPayload> {
    const merchant = requireMerchant(context.caller);
    const outcome = await this.useCase.redeliver(merchant, input, context);
    return outcome.isDone
      ? { ...outcome.value, userErrors: [] }
      : { webhookEndpoint: null, count: 0, nextAfter: null, userErrors: outcome.userErrors };
  }

  @FieldResolver(() => WebhookEndpointType, {
    nullable: true,
    description: "The endpoint that gets the event. Null if it was deleted.",
  })
  @AllowScopes("WEBHOOKS_WRITE")
  endpoint(
    @Root() { endpointId }: WebhookDelivery,
    @Ctx() context: Context,
  ): Promise<WebhookEndpoint | null> {
    return this.endpoints.load(context, endpointId);
  }

  @FieldResolver(() => EventObjectType, {
    nullable: true,
    description:
      "The event. Null if it is older than `EVENT_RETENTION`, or if the token lacks the scope to read it.",
  })
  event(@Root() { eventId }: WebhookDelivery, @Ctx() context: Context): Promise<TypedRow | null> {
    return this.nodes.findOf(context, "Event", eventId);
  }
}

/** The key of a group that is a relation. The deliveries are grouped by its id. */
interface GroupingValues {
  readonly endpointId?: string;
}

@Resolver(() => webhookDeliveryListTypes.GroupingValues)
export class WebhookDeliveryGroupingResolver {
  constructor(private readonly endpoints: RecordLoader<WebhookEndpoint>) {}

  @FieldResolver(() => WebhookEndpointType, {
    nullable: true,
    description:
      "The endpoint of the deliveries. Null if it was deleted, or if it is not a grouping key.",
  })
  endpoint(
    @Root() { endpointId }: GroupingValues,
    @Ctx() context: Context,
  ): Promise<WebhookEndpoint | null> {
    return this.endpoints.load(context, endpointId ?? null);
  }
}
