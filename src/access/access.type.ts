import { Field, ObjectType, registerEnumType } from "type-graphql";
import { Bounded } from "../graphql/bounded.js";
import { UserErrorsField } from "../graphql/user-error.type.js";
import { listTypes } from "../listing/connection.type.js";
import { objectType } from "../listing/object-type.js";
import type { UserError } from "../shared/user-error.js";
import { ApiScope } from "../callers/api-scope.js";
import { type ApiToken, apiTokenRecord } from "./api-token.record.js";
import { type Employee, employeeRecord } from "./employee.record.js";
import { type Merchant, merchantRecord } from "./merchant.record.js";

registerEnumType(ApiScope, {
  name: "ApiScope",
  description: "What requests with a token may do. A token has one or more of these.",
  valuesConfig: {
    POCKETS_CHARGE: { description: "Charge pockets in the merchant's name." },
    POCKETS_READ: {
      description: "Read pocket groups, pockets, and the merchant's own pocket charges.",
    },
    PAYMENTS_READ: { description: "Read payments, customers and orders of the merchant." },
    PAYMENTS_WRITE: {
      description: "Make and change payments, customers and orders of the merchant.",
    },
    PROVIDER_SECRETS_READ: {
      description: "Read the payment providers' secrets, which are null otherwise.",
    },
    OPERATOR: {
      description:
        "Run the platform: merchants, employees, pocket groups, grants and tokens. Stands alone, on a token of no merchant.",
    },
  },
});

export const MerchantType = objectType(merchantRecord);
export const EmployeeType = objectType(employeeRecord);
export const merchantLists = listTypes(merchantRecord, MerchantType);
export const employeeLists = listTypes(employeeRecord, EmployeeType);
export const ApiTokenType = objectType(apiTokenRecord);

@ObjectType("Viewer", { description: "Whose token a request came with, and what it allows." })
export class ViewerType {
  @Bounded(Object.keys(ApiScope).length)
  @Field(() => [ApiScope], { description: "What requests with this token may do." })
  scopes!: readonly ApiScope[];
}

@ObjectType("MerchantPayload", {
  description: "Either a merchant as it was made or changed, or why it was not.",
  simpleResolvers: true,
})
export class MerchantPayload {
  @Field(() => MerchantType, {
    nullable: true,
    description: "The merchant as it is now; null when refused.",
  })
  merchant!: Merchant | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}

@ObjectType("EmployeePayload", {
  description: "Either an employee as it was made or changed, or why it was not.",
  simpleResolvers: true,
})
export class EmployeePayload {
  @Field(() => EmployeeType, {
    nullable: true,
    description: "The employee as it is now; null when refused.",
  })
  employee!: Employee | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}

@ObjectType("ApiTokenPayload", {
  description: "The token as its revocation left it.",
  simpleResolvers: true,
})
export class ApiTokenPayload {
  @Field(() => ApiTokenType, {
    nullable: true,
    description: "The token as it is now; null when refused.",
  })
  apiToken!: ApiToken | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}

@ObjectType("CreateApiTokenPayload", {
  description: "Either a new token with its secret, or why none was made.",
  simpleResolvers: true,
})
export class CreateApiTokenPayload {
  @Field(() => ApiTokenType, { nullable: true, description: "The new token; null when refused." })
  apiToken!: ApiToken | null;

  @Field(() => String, {
    nullable: true,
    description:
      "What to send as `Authorization: Token <secret>`. Shown here once and stored nowhere.",
  })
  secret!: string | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}
