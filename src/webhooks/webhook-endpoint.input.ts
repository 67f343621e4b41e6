import { Field, InputType, Int } from "type-graphql";
import { EventType } from "../events/event-type.js";
import { enumTypeOf } from "../graphql/enum-type.js";

const DESCRIPTION = "What the endpoint is for, for people to read, at most 500 characters.";
const TYPES =
  "The types of events to send, which the token must have the scopes to read. All types if it is omitted, null or empty, including those that later versions add.";
const DATA_SELECTION =
  "A GraphQL selection set on `Event`, such as `{ id data { ... on Order { number } } }`, without variables. Its result is the webhook's `data`. It can select what the scopes for the endpoint's types open. At most 10,000 characters and 1,000 points of cost. Refused if the server executes only persisted documents. If omitted or null, each type has its default.";
const BATCH_SIZE =
  "The maximum number of events in one request, from 1 to 100. With 1, a webhook contains one event; with more, its `data` is a list.";

@InputType({ description: "The input for a new webhook endpoint. Only the URL is required." })
export class CreateWebhookEndpointInput {
  @Field(() => String, {
    description:
      "Where to send events, by POST: an https URL of at most 2,000 characters, without a user name or password, whose host is on the internet. The operator can allow other networks.",
  })
  url!: string;

  @Field(() => String, { nullable: true, description: DESCRIPTION })
  description?: string | null;

  @Field(() => [enumTypeOf(EventType)], { nullable: true, description: TYPES })
  types?: EventType[] | null;

  @Field(() => String, { nullable: true, description: DATA_SELECTION })
  dataSelection?: string | null;

  @Field(() => Int, { nullable: true, description: `${BATCH_SIZE} Defaults to 1.` })
  batchSize?: number | null;
}

@InputType({
  description:
    "The changes to a webhook endpoint. Omitted fields keep their values; null clears a nullable field.",
})
export class UpdateWebhookEndpointInput {
  @Field(() => String, {
    nullable: true,
    description:
      "The new URL, with the rules of a new endpoint. What is pending is sent there at once.",
  })
  url?: string | null;

  @Field(() => String, { nullable: true, description: DESCRIPTION })
  description?: string | null;

  @Field(() => [enumTypeOf(EventType)], {
    nullable: true,
    description: `${TYPES} Applies to events that are not in the endpoint's queue yet.`,
  })
  types?: EventType[] | null;

  @Field(() => String, {
    nullable: true,
    description: `${DATA_SELECTION} Applies from the next attempt.`,
  })
  dataSelection?: string | null;

  @Field(() => Int, { nullable: true, description: BATCH_SIZE })
  batchSize?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Set to false to send nothing for now. Set to true to continue where it stopped: with what is pending, and the events in the meantime.",
  })
  isEnabled?: boolean | null;
}
