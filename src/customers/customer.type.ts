import { Field, ObjectType } from "type-graphql";
import { UserErrorsField } from "../graphql/user-error.type.js";
import { listTypes } from "../listing/connection.type.js";
import { objectType } from "../listing/object-type.js";
import type { UserError } from "../shared/user-error.js";
import { type Customer, customerRecord } from "./customer.record.js";

export const CustomerType = objectType(customerRecord);
export const customerListTypes = listTypes(customerRecord, CustomerType);

@ObjectType("CustomerPayload", {
  description: "The created or updated customer, or the reasons why the input was refused.",
  simpleResolvers: true,
})
export class CustomerPayload {
  @Field(() => CustomerType, {
    nullable: true,
    description: "The customer after the change. Null if the input was refused.",
  })
  customer!: Customer | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}
