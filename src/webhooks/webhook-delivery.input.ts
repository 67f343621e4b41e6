import { Field, ID, InputType } from "type-graphql";
import { eventListTypes } from "../events/event.type.js";
import type { Filter } from "../listing/filter.js";
import { webhookDeliveryListTypes } from "./webhook-delivery.type.js";

@InputType({
  description:
    "The events to send again to a webhook endpoint. Exactly one of `deliveries` and `events` is required.",
})
export class RedeliverWebhooksInput {
  @Field(() => ID, { description: "The id of the endpoint, which must be enabled." })
  webhookEndpointId!: string;

  @Field(() => webhookDeliveryListTypes.Filter, {
    nullable: true,
    description:
      'Sends the events of the endpoint\'s deliveries that match, such as `{ status: { eq: ["FAILED"] } }`. `{}` matches all.',
  })
  deliveries?: Filter | null;

  @Field(() => eventListTypes.Filter, {
    nullable: true,
    description:
      "Sends the merchant's events that match and whose type the endpoint gets, also those from before the endpoint was created. Those that its queue has not reached yet follow anyway. `{}` matches all.",
  })
  events?: Filter | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Continues after the event with this cursor, such as the `nextAfter` of the previous request.",
  })
  after?: string | null;
}
