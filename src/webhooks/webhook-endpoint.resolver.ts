import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { requireMerchant } from "../callers/caller.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { payloadOf } from "../graphql/user-error.type.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list-query.js";
import type { Outcome } from "../shared/user-error.js";
import type { webhookDeliveryRecord } from "./webhook-delivery.record.js";
import { webhookDeliveryListTypes } from "./webhook-delivery.type.js";
import {
  CreateWebhookEndpointInput,
  UpdateWebhookEndpointInput,
} from "./webhook-endpoint.input.js";
import type { WebhookEndpoint, webhookEndpointRecord } from "./webhook-endpoint.record.js";
import type { EndpointWithSecret, WebhookEndpointService } from "./webhook-endpoint.service.js";
import {
  SendTestEventPayload,
  WebhookEndpointPayload,
  WebhookEndpointType,
  WebhookSecretPayload,
  webhookEndpointListTypes,
} from "./webhook-endpoint.type.js";
import type { WebhookReader } from "./webhook.reader.js";

const ID_ARGUMENT = {
  description: "The record's `id`, a UUIDv7. A string that is not a UUID matches no record.",
} as const;

@Resolver(() => WebhookEndpointType)
export class WebhookEndpointResolver {
  constructor(
    private readonly service: WebhookEndpointService,
    private readonly reader: WebhookReader,
  ) {}

  @Query(() => WebhookEndpointType, {
    nullable: true,
    description:
      "Returns a webhook endpoint. Null if the merchant has none with this id. Scope: `WEBHOOKS_WRITE`.",
  })
  @AllowScopes("WEBHOOKS_WRITE")
  webhookEndpoint(
    @Arg("id", () => ID, ID_ARGUMENT) id: string,
    @Ctx() { caller }: Context,
  ): Promise<WebhookEndpoint | null> {
    return this.service.find(requireMerchant(caller), id);
  }

  @Query(() => webhookEndpointListTypes.Connection, {
    description:
      "Lists the merchant's webhook endpoints, including disabled ones. Scope: `WEBHOOKS_WRITE`.",
  })
  @AllowScopes("WEBHOOKS_WRITE")
  webhookEndpoints(
    @Args(() => webhookEndpointListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof webhookEndpointRecord> {
    return this.reader.endpoints.all(context, args);
  }

  @Mutation(() => WebhookSecretPayload, {
    description:
      "Creates a webhook endpoint, which gets the merchant's events from now on. A merchant can have 20. Scope: `WEBHOOKS_WRITE`, and those that read the events: `POCKETS_READ` for types of pockets, `PAYMENTS_READ` for those of payments, customers and orders, and both for all types.",
  })
  @AllowScopes("WEBHOOKS_WRITE")
  async createWebhookEndpoint(
    @Arg("input", () => CreateWebhookEndpointInput, {
      description: "The endpoint's URL, and which events it gets in which form.",
    })
    input: CreateWebhookEndpointInput,
    @Ctx() { caller }: Context,
  ): Promise<WebhookSecretPayload> {
    return withSecret(await this.service.create(requireMerchant(caller), input));
  }

  @Mutation(() => WebhookEndpointPayload, {
    description:
      "Updates, disables or enables a webhook endpoint. `NOT_FOUND` if the merchant has none with this id. Scope: `WEBHOOKS_WRITE`, and those that read the endpoint's events, before and after the update.",
  })
  @AllowScopes("WEBHOOKS_WRITE")
  async updateWebhookEndpoint(
    @Arg("id", () => ID, ID_ARGUMENT) id: string,
    @Arg("input", () => UpdateWebhookEndpointInput, {
      description: "The fields to change. Omitted fields keep their values.",
    })
    input: UpdateWebhookEndpointInput,
    @Ctx() { caller }: Context,
  ): Promise<WebhookEndpointPayload> {
    const outcome = await this.service.update(requireMerchant(caller), id, input);
    return payloadOf("webhookEndpoint", outcome);
  }

  @Mutation(() => WebhookEndpointPayload, {
    description:
      "Deletes a webhook endpoint. Its pending deliveries are canceled, and all its deliveries stay listed. A request that is under way may still arrive. `NOT_FOUND` if the merchant has none with this id. Scope: `WEBHOOKS_WRITE`.",
  })
  @AllowScopes("WEBHOOKS_WRITE")
  async deleteWebhookEndpoint(
    @Arg("id", () => ID, ID_ARGUMENT) id: string,
    @Ctx() { caller }: Context,
  ): Promise<WebhookEndpointPayload> {
    const webhookEndpoint = await this.service.remove(requireMerchant(caller), id);
    return { webhookEndpoint, userErrors: [] };
  }

  @Mutation(() => WebhookSecretPayload, {
    description:
      "Replaces the secret of a webhook endpoint. For 24 hours, webhooks have a signature with the new secret and one with the previous one. A rotation within this time drops the secret before. `NOT_FOUND` if the merchant has none with this id. Scope: `WEBHOOKS_WRITE`, and those that read the endpoint's events.",
  })
  @AllowScopes("WEBHOOKS_WRITE")
  async rotateWebhookSecret(
    @Arg("id", () => ID, ID_ARGUMENT) id: string,
    @Ctx() { caller }: Context,
  ): Promise<WebhookSecretPayload> {
    return withSecret(await this.service.rotateSecret(requireMerchant(caller), id));
  }

  @Mutation(() => SendTestEventPayload, {
    description:
      "Sends an event of the type WEBHOOK_ENDPOINT_TESTED to one webhook endpoint, in the same way as every other event. `NOT_FOUND` if the merchant has no endpoint with this id. Scope: `WEBHOOKS_WRITE`.",
  })
  @AllowScopes("WEBHOOKS_WRITE")
  async sendTestEvent(
    @Arg("webhookEndpointId", () => ID, {
      description: "The `id` of the webhook endpoint, which must be enabled.",
    })
    webhookEndpointId: string,
    @Ctx() { caller }: Context,
  ): Promise<SendTestEventPayload> {
    const outcome = await this.service.test(requireMerchant(caller), webhookEndpointId);
    return outcome.isDone
      ? { ...outcome.value, userErrors: [] }
      : { webhookEndpoint: null, eventId: null, userErrors: outcome.userErrors };
  }

  @FieldResolver(() => webhookDeliveryListTypes.Connection, {
    description: "The endpoint's deliveries, pending ones included.",
  })
  @AllowScopes("WEBHOOKS_WRITE")
  deliveries(
    @Root() { id }: WebhookEndpoint,
    @Args(() => webhookDeliveryListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof webhookDeliveryRecord> {
    return this.reader.deliveries.of("endpoint", [id], context, args);
  }
}

function withSecret(outcome: Outcome<EndpointWithSecret>): WebhookSecretPayload {
  return outcome.isDone
    ? { ...outcome.value, userErrors: [] }
    : { webhookEndpoint: null, secret: null, userErrors: outcome.userErrors };
}
