import { Field, ObjectType, registerEnumType } from "type-graphql";
import {
  MAX_USER_ERRORS,
  type Outcome,
  type UserError,
  UserErrorCode,
} from "../shared/user-error.js";
import { Bounded } from "./bounded.js";

registerEnumType(UserErrorCode, {
  name: "UserErrorCode",
  description:
    "The reason why a rule refuses an input value. Codes are stable, so that programs can act on them.",
  valuesConfig: {
    REQUIRED: { description: "A required value is missing, null or blank." },
    INVALID: { description: "The value is malformed, or inconsistent with other values." },
    OUT_OF_RANGE: { description: "The number or timestamp is outside the allowed range." },
    TOO_LONG: { description: "The string or the list exceeds the maximum length." },
    TAKEN: { description: "Another record already has this value, which must be unique." },
    NOT_FOUND: { description: "The id belongs to no record that the caller may use." },
    READ_ONLY: { description: "The value can no longer be changed." },
    INVALID_TRANSITION: { description: "The current status cannot change to this one." },
    NOT_REFUNDABLE: { description: "The charge's status does not allow refunds." },
    EXCEEDS_REFUNDABLE: { description: "The refund exceeds the refundable amount of the charge." },
    EXCEEDS_CAPTURABLE: {
      description: "The charge exceeds the capturable amount of the authorization.",
    },
    NOT_CAPTURABLE: {
      description: "The authorization's status does not allow a capture, or it has expired.",
    },
    CURRENCY_MISMATCH: {
      description: "The currency differs from that of the related record.",
    },
    PROVIDER_MISMATCH: {
      description: "The provider differs from that of the related record.",
    },
    IDEMPOTENCY_KEY_REUSED: {
      description: "The idempotency key was already used with a different input.",
    },
    STALE: { description: "The record was updated after the client read it." },
  },
});

/** The longest path, that of a member of an entry of `metadata`. */
const MAX_PATH_LENGTH = 3;

@ObjectType("UserError", {
  description:
    "An input value that a rule refuses. Nothing was written. The list contains at most the first 20 problems.",
  simpleResolvers: true,
})
export class UserErrorType {
  @Field(() => UserErrorCode, { description: "The kind of problem, for programs to act on." })
  code!: UserErrorCode;

  @Field(() => String, { description: "What is wrong and what to do, for people to read." })
  message!: string;

  @Bounded(MAX_PATH_LENGTH)
  @Field(() => [String], {
    nullable: true,
    description:
      'The path of the value in the input, such as `["name"]`, or `["metadata", "3", "key"]` for an entry of a list, counted from 0.',
  })
  field!: readonly string[];
}

/** The `userErrors` of a payload. */
export function UserErrorsField(): PropertyDecorator {
  const description = `The refused values, at most ${String(MAX_USER_ERRORS)}. Empty if the change was made.`;
  return (target, property) => {
    Field(() => [UserErrorType], { description })(target, property);
    Bounded(MAX_USER_ERRORS)(target, property);
  };
}

/** The record of a payload, and its user errors. */
export function payloadOf<K extends string, T>(
  key: K,
  outcome: Outcome<T>,
): Record<K, T | null> & { userErrors: readonly UserError[] } {
  const value = outcome.isDone ? outcome.value : null;
  const userErrors = outcome.isDone ? [] : outcome.userErrors;
  return { [key]: value, userErrors } as Record<K, T | null> & { userErrors: readonly UserError[] };
}
