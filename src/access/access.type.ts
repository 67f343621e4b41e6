import { Field, ObjectType } from "type-graphql";
import { Bounded } from "../graphql/bounded.js";
import { enumTypeOf } from "../graphql/enum-type.js";
import { UserErrorsField } from "../graphql/user-error.type.js";
import { listTypes } from "../listing/connection.type.js";
import { objectType } from "../listing/object-type.js";
import { valuesOf } from "../shared/enumeration.js";
import type { UserError } from "../shared/user-error.js";
import { ApiScope } from "../callers/api-scope.js";
import { type ApiToken, apiTokenRecord } from "./api-token.record.js";
import { type Employee, employeeRecord } from "./employee.record.js";
import { type Merchant, merchantRecord } from "./merchant.record.js";

export const MerchantType = objectType(merchantRecord);
export const EmployeeType = objectType(employeeRecord);
export const merchantListTypes = listTypes(merchantRecord, MerchantType);
export const employeeListTypes = listTypes(employeeRecord, EmployeeType);
export const ApiTokenType = objectType(apiTokenRecord);

@ObjectType("Viewer", {
  description: "The owner and the scopes of the token that the request was sent with.",
})
export class ViewerType {
  @Bounded(valuesOf(ApiScope).length)
  @Field(() => [enumTypeOf(ApiScope)], { description: "The operations that the token allows." })
  scopes!: readonly ApiScope[];
}

@ObjectType("MerchantPayload", {
  description: "The created or updated merchant, or the reasons why the input was refused.",
  simpleResolvers: true,
})
export class MerchantPayload {
  @Field(() => MerchantType, {
    nullable: true,
    description: "The merchant after the change. Null if the input was refused.",
  })
  merchant!: Merchant | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}

@ObjectType("EmployeePayload", {
  description: "The created or updated employee, or the reasons why the input was refused.",
  simpleResolvers: true,
})
export class EmployeePayload {
  @Field(() => EmployeeType, {
    nullable: true,
    description: "The employee after the change. Null if the input was refused.",
  })
  employee!: Employee | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}

@ObjectType("ApiTokenPayload", {
  description: "The revoked token, or the reasons why the input was refused.",
  simpleResolvers: true,
})
export class ApiTokenPayload {
  @Field(() => ApiTokenType, {
    nullable: true,
    description: "The token after the revocation. Null if the input was refused.",
  })
  apiToken!: ApiToken | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}

@ObjectType("CreateApiTokenPayload", {
  description: "The new token with its secret, or the reasons why the input was refused.",
  simpleResolvers: true,
})
export class CreateApiTokenPayload {
  @Field(() => ApiTokenType, {
    nullable: true,
    description: "The new token. Null if the input was refused.",
  })
  apiToken!: ApiToken | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The secret to send as `Authorization: Token <secret>`. Returned only here: the server stores only its hash. Null if the input was refused.",
  })
  secret!: string | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}
