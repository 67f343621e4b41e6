import { UserErrorsField } from "../graphql/user-error.type.js";
import { type GraphqlClass, add, plainType } from "../listing/graphql-class.js";

/** The type of what a mutation answers: a record, null when it was refused, and the user errors. */
export function payloadType(
  record: string,
  Type: GraphqlClass,
  descriptions: { readonly payload: string; readonly record: string },
): GraphqlClass {
  const type = plainType(`${record}Payload`, descriptions.payload);
  add(type, fieldNameOf(record), () => Type, descriptions.record, true);
  UserErrorsField()(type.prototype as object, "userErrors");
  return type;
}

/** The name of a field that has a record: `paymentCharge` for a PaymentCharge. */
export function fieldNameOf(record: string): string {
  return record.charAt(0).toLowerCase() + record.slice(1);
}
