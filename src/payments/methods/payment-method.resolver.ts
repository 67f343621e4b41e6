import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { requireMerchant } from "../../callers/caller.js";
import type { Customer } from "../../customers/customer.record.js";
import { CustomerType } from "../../customers/customer.type.js";
import type { Context } from "../../graphql/context.js";
import { AllowScopes } from "../../graphql/permission.js";
import { Related } from "../../graphql/related.js";
import { payloadOf } from "../../graphql/user-error.type.js";
import type { Connection } from "../../listing/connection.js";
import type { ListArguments } from "../../listing/list-query.js";
import type { ListReader } from "../../listing/list-reader.js";
import type { RecordLoader } from "../../listing/loader.js";
import { CreatePaymentMethodInput } from "./payment-method.input.js";
import type { PaymentMethod, paymentMethodRecord } from "./payment-method.record.js";
import type { PaymentMethodService } from "./payment-method.service.js";
import {
  PaymentMethodPayload,
  PaymentMethodType,
  paymentMethodListTypes,
} from "./payment-method.type.js";

@Resolver(() => PaymentMethodType)
export class PaymentMethodResolver {
  constructor(
    private readonly service: PaymentMethodService,
    private readonly methods: Pick<ListReader<typeof paymentMethodRecord>, "all">,
    private readonly customers: RecordLoader<Customer>,
  ) {}

  @Query(() => PaymentMethodType, {
    nullable: true,
    description:
      "Returns a payment method. Null if the merchant has none with this id. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentMethod(
    @Arg("id", () => ID, {
      description: "The record's `id`, a UUIDv7. A string that is not a UUID matches no record.",
    })
    id: string,
    @Ctx() { caller }: Context,
  ): Promise<PaymentMethod | null> {
    return this.service.find(requireMerchant(caller), id);
  }

  @Query(() => paymentMethodListTypes.Connection, {
    description:
      "Lists the merchant's payment methods, including detached ones. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentMethods(
    @Args(() => paymentMethodListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof paymentMethodRecord> {
    return this.methods.all(context, args);
  }

  @Mutation(() => PaymentMethodPayload, {
    description:
      "Records a payment method that a provider stores. Nothing is sent to the provider. Scope: `PAYMENTS_WRITE`.",
  })
  @AllowScopes("PAYMENTS_WRITE")
  async createPaymentMethod(
    @Arg("input", () => CreatePaymentMethodInput, {
      description: "The payment method's provider, identifier, kind, label and owner.",
    })
    input: CreatePaymentMethodInput,
    @Ctx() { caller }: Context,
  ): Promise<PaymentMethodPayload> {
    return payloadOf("paymentMethod", await this.service.create(requireMerchant(caller), input));
  }

  @Mutation(() => PaymentMethodPayload, {
    description:
      "Detaches a payment method from its customer. Existing payments keep it. Detaching again has no effect. `NOT_FOUND` if the merchant has none with this id. Scope: `PAYMENTS_WRITE`.",
  })
  @AllowScopes("PAYMENTS_WRITE")
  async detachPaymentMethod(
    @Arg("id", () => ID, {
      description: "The record's `id`, a UUIDv7. A string that is not a UUID matches no record.",
    })
    id: string,
    @Ctx() { caller }: Context,
  ): Promise<PaymentMethodPayload> {
    const paymentMethod = await this.service.detach(requireMerchant(caller), id);
    return { paymentMethod, userErrors: [] };
  }

  @Related()
  @FieldResolver(() => CustomerType, {
    nullable: true,
    description: "The customer who owns the method. Null if it was detached or never had an owner.",
  })
  @AllowScopes("PAYMENTS_READ")
  customer(
    @Root() { customerId }: PaymentMethod,
    @Ctx() context: Context,
  ): Promise<Customer | null> {
    return this.customers.load(context, customerId);
  }
}
