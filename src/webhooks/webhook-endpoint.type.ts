import { Field, ID, ObjectType } from "type-graphql";
import { UserErrorsField } from "../graphql/user-error.type.js";
import { listTypes } from "../listing/connection.type.js";
import { objectType } from "../listing/object-type.js";
import type { UserError } from "../shared/user-error.js";
import { type WebhookEndpoint, webhookEndpointRecord } from "./webhook-endpoint.record.js";

export const WebhookEndpointType = objectType(webhookEndpointRecord);
export const webhookEndpointListTypes = listTypes(webhookEndpointRecord, WebhookEndpointType);

@ObjectType("WebhookEndpointPayload", {
  description: "The changed or deleted webhook endpoint, or the reasons why the input was refused.",
  simpleResolvers: true,
})
export class WebhookEndpointPayload {
  @Field(() => WebhookEndpointType, {
    nullable: true,
    description:
      "The endpoint after the change, or as it was before it was deleted. Null if the input was refused.",
  })
  webhookEndpoint!: WebhookEndpoint | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}

@ObjectType("WebhookSecretPayload", {
  description: "A webhook endpoint and its new secret, or the reasons why the input was refused.",
  simpleResolvers: true,
})
export class WebhookSecretPayload {
  @Field(() => WebhookEndpointType, {
    nullable: true,
    description: "The endpoint after the change. Null if the input was refused.",
  })
  webhookEndpoint!: WebhookEndpoint | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The secret that signs webhooks: `whsec_` and 32 bytes in base64. Returned only in this response. Null if the input was refused.",
  })
  secret!: string | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}

@ObjectType("SendTestEventPayload", {
  description: "The test event, or the reason why it was refused.",
  simpleResolvers: true,
})
export class SendTestEventPayload {
  @Field(() => WebhookEndpointType, {
    nullable: true,
    description: "The endpoint that gets the event. Null if the test was refused.",
  })
  webhookEndpoint!: WebhookEndpoint | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "The id of the event. `webhookDeliveries` has its delivery within a second: filter by `eventId`. Null if the test was refused.",
  })
  eventId!: string | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}
