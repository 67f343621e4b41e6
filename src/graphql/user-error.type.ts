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
  description: "Why a rule refuses a value. Stable, to be acted on by programs.",
  valuesConfig: {
    REQUIRED: { description: "The value is missing, null or blank, and must be given." },
    INVALID: { description: "The value is malformed, or does not fit the other values." },
    OUT_OF_RANGE: { description: "The number or time lies outside what is allowed." },
    TOO_LONG: { description: "The text has more characters than are kept." },
    TAKEN: { description: "Another record has this value, which must be unique." },
    NOT_FOUND: { description: "The id names no record that the caller may use." },
    READ_ONLY: { description: "The value can no longer be changed." },
    INVALID_TRANSITION: { description: "The status cannot follow the present one." },
    NOT_REFUNDABLE: { description: "The charge is in no state to be refunded." },
    EXCEEDS_REFUNDABLE: { description: "More than what is left to be refunded." },
    EXCEEDS_CAPTURABLE: { description: "More than what the authorization still holds." },
    NOT_CAPTURABLE: { description: "The authorization is in no state to be captured." },
    CURRENCY_MISMATCH: {
      description: "The currency differs from that of the record it refers to.",
    },
    PROVIDER_MISMATCH: {
      description: "The provider differs from that of the record it refers to.",
    },
    IDEMPOTENCY_KEY_REUSED: { description: "The key was used before with another input." },
    STALE: { description: "The record has been changed since it was read." },
  },
});

/** An input's fields are plain values: a path is the field's name. */
const MAX_PATH_LENGTH = 1;

@ObjectType("UserError", {
  description:
    "An input value that a rule refuses. Nothing was written; the list has the first 20 problems.",
  simpleResolvers: true,
})
export class UserErrorType {
  @Field(() => UserErrorCode, { description: "The kind of problem, for programs." })
  code!: UserErrorCode;

  @Field(() => String, { description: "What was wrong and what to do, for people." })
  message!: string;

  @Bounded(MAX_PATH_LENGTH)
  @Field(() => [String], {
    nullable: true,
    description: 'The path of the value inside the input, such as `["name"]`.',
  })
  field!: readonly string[];
}

/** The `userErrors` of a payload. */
export function UserErrorsField(): PropertyDecorator {
  const description = `Every value that was refused, at most ${String(MAX_USER_ERRORS)}. Empty when the change was made.`;
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
