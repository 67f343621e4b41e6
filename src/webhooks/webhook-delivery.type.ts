import { Field, Int, ObjectType } from "type-graphql";
import { UserErrorsField } from "../graphql/user-error.type.js";
import { listTypes } from "../listing/connection.type.js";
import { objectType } from "../listing/object-type.js";
import type { UserError } from "../shared/user-error.js";
import { webhookDeliveryRecord } from "./webhook-delivery.record.js";
import type { WebhookEndpoint } from "./webhook-endpoint.record.js";
import { WebhookEndpointType } from "./webhook-endpoint.type.js";

export const WebhookDeliveryType = objectType(webhookDeliveryRecord);
export const webhookDeliveryListTypes = listTypes(webhookDeliveryRecord, WebhookDeliveryType);

@ObjectType("RedeliverWebhooksPayload", {
  description: "The events that are sent again, or the reasons why the input was refused.",
  simpleResolvers: true,
})
export class RedeliverWebhooksPayload {
  @Field(() => WebhookEndpointType, {
    nullable: true,
    description: "The endpoint that gets the events. Null if the input was refused.",
  })
  webhookEndpoint!: WebhookEndpoint | null;

  @Field(() => Int, {
    description:
      "The number of events that are sent again, those included that are being sent at this moment.",
  })
  count!: number;

  @Field(() => String, {
    nullable: true,
    description:
      "If more events match than one request can send again, the cursor of the last one: repeat the request with it as `after`. Otherwise null.",
  })
  nextAfter!: string | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}
