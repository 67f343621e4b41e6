import type { GraphQLSchema } from "graphql";
import { Subscription } from "type-graphql";
import { InvariantError, present } from "../shared/assert.js";

/** What the source of a subscription yields. */
export class SourceEvent<Value = unknown> {
  /**
   * @param value the value of the subscription's field.
   * @param cursor where the same subscription continues after this event. A client that has lost its connection sends
   *   it back. Null if the subscription begins with the current state anyway.
   */
  constructor(
    readonly value: Value,
    readonly cursor: string | null = null,
  ) {}
}

/**
 * Declares a subscription. The method runs once, when a client subscribes, and returns the source of the events. Its
 * permission, arguments and errors are those of any other operation.
 */
export function SubscriptionField(
  type: Parameters<typeof Subscription>[0],
  options: { readonly name?: string; readonly description: string },
): MethodDecorator {
  return Subscription(type, { ...options, subscribe: replaced });
}

/** type-graphql requires functions, which `beginByMethod` replaces. */
function replaced(): never {
  throw new InvariantError("a subscription was not prepared");
}

/** type-graphql requires one for any subscription. */
export const REPLACED_PUB_SUB = { publish: replaced, subscribe: replaced };

/** Lets the methods of resolvers begin subscriptions. The values that their sources yield are those of the fields. */
export function beginByMethod(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    field.subscribe = present(field.resolve, "a subscription's method");
    field.resolve = (value: unknown) => value;
  }
}
