import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { requireMerchant } from "../../callers/caller.js";
import type { Customer } from "../../customers/customer.record.js";
import { CustomerType } from "../../customers/customer.type.js";
import type { Context } from "../../graphql/context.js";
import { AllowScopes } from "../../graphql/permission.js";
import { payloadOf } from "../../graphql/user-error.type.js";
import type { Connection } from "../../listing/connection.js";
import type { ListArguments } from "../../listing/list.js";
import type { Lists } from "../../listing/lists.js";
import type { RecordLoader } from "../../listing/loader.js";
import { CreatePaymentMethodInput } from "./payment-method.input.js";
import type { PaymentMethod, paymentMethodRecord } from "./payment-method.record.js";
import type { PaymentMethodService } from "./payment-method.service.js";
import {
  PaymentMethodPayload,
  PaymentMethodType,
  paymentMethodLists,
} from "./payment-method.type.js";

@Resolver(() => PaymentMethodType)
export class PaymentMethodResolver {
  constructor(
    private readonly service: PaymentMethodService,
    private readonly methods: Lists<typeof paymentMethodRecord, Record<never, never>>,
    private readonly customers: RecordLoader<Customer>,
  ) {}

  @Query(() => PaymentMethodType, {
    nullable: true,
    description:
      "Looks up a payment method: null when the merchant has none with this id. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentMethod(
    @Arg("id", () => ID, {
      description: "The UUIDv7 that answers show as `id`. A text that is no UUID finds nothing.",
    })
    id: string,
    @Ctx() { caller }: Context,
  ): Promise<PaymentMethod | null> {
    return this.service.find(requireMerchant(caller), id);
  }

  @Query(() => paymentMethodLists.Connection, {
    description:
      "Lists the merchant's payment methods, detached ones included. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentMethods(
    @Args(() => paymentMethodLists.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof paymentMethodRecord> {
    return this.methods.all(context, args);
  }

  @Mutation(() => PaymentMethodPayload, {
    description:
      "Records a way to pay that a provider keeps; nothing is sent there. Scope: `PAYMENTS_WRITE`.",
  })
  @AllowScopes("PAYMENTS_WRITE")
  async createPaymentMethod(
    @Arg("input", () => CreatePaymentMethodInput, {
      description: "What the provider and people call it, and whose it is.",
    })
    input: CreatePaymentMethodInput,
    @Ctx() { caller }: Context,
  ): Promise<PaymentMethodPayload> {
    return payloadOf("paymentMethod", await this.service.create(requireMerchant(caller), input));
  }

  @Mutation(() => PaymentMethodPayload, {
    description:
      "Detaches a method from its customer; past payments keep it. Detaching again changes nothing; `NOT_FOUND` when the merchant has none with this id. Scope: `PAYMENTS_WRITE`.",
  })
  @AllowScopes("PAYMENTS_WRITE")
  async detachPaymentMethod(
    @Arg("id", () => ID, {
      description: "The UUIDv7 that answers show as `id`. A text that is no UUID finds nothing.",
    })
    id: string,
    @Ctx() { caller }: Context,
  ): Promise<PaymentMethodPayload> {
    const paymentMethod = await this.service.detach(requireMerchant(caller), id);
    return { paymentMethod, userErrors: [] };
  }

  @FieldResolver(() => CustomerType, {
    nullable: true,
    description: "Whose it is; null once it was detached, or when it is nobody's.",
  })
  @AllowScopes("PAYMENTS_READ")
  customer(
    @Root() { customerId }: PaymentMethod,
    @Ctx() context: Context,
  ): Promise<Customer | null> {
    return this.customers.load(context, customerId);
  }
}
