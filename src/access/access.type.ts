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
  description: "A permission of an API token. Every token has one or more.",
  valuesConfig: {
    POCKETS_CHARGE: { description: "Charge pockets on behalf of the merchant." },
    POCKETS_DEBIT: { description: "Debit pockets, hold amounts, capture and release holds." },
    POCKETS_REVERSE: { description: "Reverse the merchant's own charges and debits." },
    POCKETS_READ: {
      description: "Read pocket groups, pockets, and the merchant's own entries and holds.",
    },
    PAYMENTS_READ: { description: "Read payments, customers and orders of the merchant." },
    PAYMENTS_WRITE: {
      description: "Create and update payments, customers and orders of the merchant.",
    },
    PROVIDER_SECRETS_READ: {
      description: "Read `providerSecret`, which is null for other tokens.",
    },
    OPERATOR: {
      description:
        "Administer the platform: merchants, employees, pocket groups, grants and tokens. Cannot be combined with other scopes or with a merchant.",
    },
  },
});

export const MerchantType = objectType(merchantRecord);
export const EmployeeType = objectType(employeeRecord);
export const merchantListTypes = listTypes(merchantRecord, MerchantType);
export const employeeListTypes = listTypes(employeeRecord, EmployeeType);
export const ApiTokenType = objectType(apiTokenRecord);

@ObjectType("Viewer", {
  description: "The owner and the scopes of the token that the request was sent with.",
})
export class ViewerType {
  @Bounded(Object.keys(ApiScope).length)
  @Field(() => [ApiScope], { description: "The operations that the token allows." })
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
