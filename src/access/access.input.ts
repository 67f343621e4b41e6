import { Field, ID, InputType } from "type-graphql";
import { Currency, DateTime } from "../graphql/scalars.js";
import type { Instant } from "../shared/instant.js";
import { ApiScope } from "../callers/api-scope.js";

@InputType({ description: "A new merchant, active from the start." })
export class CreateMerchantInput {
  @Field(() => String, { description: "The name that people know it by, at most 200 characters." })
  name!: string;

  @Field(() => Currency, {
    nullable: true,
    description: "The currency of payments that name none; USD when left out.",
  })
  defaultCurrency?: string | null;
}

@InputType({ description: "Changes of a merchant. A field left out stays as it is." })
export class UpdateMerchantInput {
  @Field(() => String, { nullable: true, description: "The new name, at most 200 characters." })
  name?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "False refuses all requests of the merchant from now on.",
  })
  isActive?: boolean | null;

  @Field(() => Currency, {
    nullable: true,
    description: "For payments made from now on that name no currency; USD at first.",
  })
  defaultCurrency?: string | null;
}

@InputType({ description: "A new employee of a merchant, active from the start." })
export class CreateEmployeeInput {
  @Field(() => ID, {
    description: "Where the person works, by the merchant's UUIDv7; never changed.",
  })
  merchantId!: string;

  @Field(() => String, { description: "The person's name, at most 200 characters." })
  name!: string;

  @Field(() => String, {
    description:
      "An e-mail address that no other employee of the merchant has; stored in lower case, with `σ` for a final `ς`.",
  })
  email!: string;
}

@InputType({ description: "Changes of an employee. A field left out stays as it is." })
export class UpdateEmployeeInput {
  @Field(() => String, { nullable: true, description: "The new name, at most 200 characters." })
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The new address, which no other employee of the merchant has.",
  })
  email?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "False refuses all requests with the employee's tokens from now on.",
  })
  isActive?: boolean | null;
}

@InputType({
  description: "A new token: of a merchant, or of an operator when no merchant is named.",
})
export class CreateApiTokenInput {
  @Field(() => ID, {
    nullable: true,
    description: "The merchant in whose name requests are made; left out for an operator's token.",
  })
  merchantId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The merchant's employee whose id is put on what is made with the token.",
  })
  employeeId?: string | null;

  @Field(() => String, { description: "What the token is for, at most 200 characters." })
  name!: string;

  @Field(() => [ApiScope], { description: "One or more; OPERATOR alone and without a merchant." })
  scopes!: ApiScope[];

  @Field(() => DateTime, {
    nullable: true,
    description:
      "From when on it is refused, in the future, kept to the millisecond; never when left out.",
  })
  expiresAt?: Instant | null;
}
