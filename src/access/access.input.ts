import { Field, ID, InputType } from "type-graphql";
import { enumTypeOf } from "../graphql/enum-type.js";
import { Currency, DateTime } from "../graphql/scalars.js";
import type { Instant } from "../shared/instant.js";
import { ApiScope } from "../callers/api-scope.js";

@InputType({ description: "The input for a new merchant, which is active immediately." })
export class CreateMerchantInput {
  @Field(() => String, { description: "The display name, at most 200 characters." })
  name!: string;

  @Field(() => Currency, {
    nullable: true,
    description: "The default currency of payments. Defaults to USD.",
  })
  defaultCurrency?: string | null;
}

@InputType({ description: "The changes to a merchant. Omitted fields keep their values." })
export class UpdateMerchantInput {
  @Field(() => String, { nullable: true, description: "The new name, at most 200 characters." })
  name?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Set to false to refuse all further requests of the merchant.",
  })
  isActive?: boolean | null;

  @Field(() => Currency, {
    nullable: true,
    description: "The default currency of payments created from now on.",
  })
  defaultCurrency?: string | null;
}

@InputType({
  description: "The input for a new employee of a merchant, who is active immediately.",
})
export class CreateEmployeeInput {
  @Field(() => ID, {
    description: "The UUIDv7 of the merchant that the person works for. Cannot be changed later.",
  })
  merchantId!: string;

  @Field(() => String, { description: "The person's name, at most 200 characters." })
  name!: string;

  @Field(() => String, {
    description:
      "An e-mail address, unique among the merchant's employees. Stored in lower case, with `σ` for a final `ς`.",
  })
  email!: string;
}

@InputType({ description: "The changes to an employee. Omitted fields keep their values." })
export class UpdateEmployeeInput {
  @Field(() => String, { nullable: true, description: "The new name, at most 200 characters." })
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The new address, unique among the merchant's employees.",
  })
  email?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Set to false to refuse all further requests with the employee's tokens.",
  })
  isActive?: boolean | null;
}

@InputType({
  description: "The input for a new token. Without `merchantId`, it is an operator's token.",
})
export class CreateApiTokenInput {
  @Field(() => ID, {
    nullable: true,
    description: "The id of the merchant that the token acts for. Omit it for an operator's token.",
  })
  merchantId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "The id of an employee of the merchant. Records created with the token carry it as `employeeId`.",
  })
  employeeId?: string | null;

  @Field(() => String, { description: "What the token is for, at most 200 characters." })
  name!: string;

  @Field(() => [enumTypeOf(ApiScope)], {
    description:
      "The scopes, at least one. OPERATOR cannot be combined with other scopes or with a merchant.",
  })
  scopes!: ApiScope[];

  @Field(() => DateTime, {
    nullable: true,
    description:
      "When the token expires, in the future, to the millisecond. If omitted, it never expires.",
  })
  expiresAt?: Instant | null;
}
