import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { EmployeeType } from "../access/access.type.js";
import type { Employee } from "../access/employee.record.js";
import { requireMerchant } from "../callers/caller.js";
import type { Customer } from "../customers/customer.record.js";
import { CustomerType } from "../customers/customer.type.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { Related } from "../graphql/related.js";
import { payloadOf } from "../graphql/user-error.type.js";
import type { GraphqlClass } from "../listing/graphql-class.js";
import type { ListArguments } from "../listing/list-query.js";
import type { Order } from "../orders/order.record.js";
import { OrderType } from "../orders/order.type.js";
import { fieldNameOf } from "./payload.type.js";
import type { CreateInput, PaymentRow, UpdateInput } from "./payment-kind.js";
import type { PaymentKindService } from "./payment-kind.service.js";
import type { PaymentRelations } from "./payment-relations.loader.js";

/** The GraphQL types of one kind of payment, and its own descriptions. */
interface PaymentKind<Create, Update> {
  /** Names the operations: `paymentCharge`, `paymentCharges`, `createPaymentCharge`, `updatePaymentCharge`. */
  readonly name: string;
  readonly noun: string;
  readonly Type: GraphqlClass;
  readonly listTypes: { readonly Connection: GraphqlClass; readonly Arguments: GraphqlClass };
  readonly Payload: GraphqlClass;
  readonly CreateInput: GraphqlClass & (new () => Create);
  readonly UpdateInput: GraphqlClass & (new () => Update);
  readonly descriptions: {
    readonly create: string;
    readonly createInput: string;
    readonly update: string;
    readonly customer: string;
    readonly employee: string;
    readonly order: string;
  };
}

interface Related {
  readonly merchantId: string;
  readonly employeeId: string | null;
  readonly customerId: string | null;
  readonly orderId: string | null;
}

/** The operations of one kind of payment, and the relations that all kinds share. */
export function paymentKindResolver<
  P extends PaymentRow,
  Create extends CreateInput,
  Update extends UpdateInput,
>({ name, noun, Type, listTypes, Payload, descriptions, ...inputs }: PaymentKind<Create, Update>) {
  const field = fieldNameOf(name);

  @Resolver(() => Type)
  class PaymentKindResolver {
    constructor(
      private readonly service: PaymentKindService<P, Create, Update>,
      private readonly reader: { all(context: Context, args: ListArguments): object },
      private readonly relations: PaymentRelations,
    ) {}

    @Query(() => Type, {
      name: field,
      nullable: true,
      description: `Returns a ${noun}. Null if the merchant has none with this id. Scope: \`PAYMENTS_READ\`.`,
    })
    @AllowScopes("PAYMENTS_READ")
    find(
      @Arg("id", () => ID, ID_ARGUMENT) id: string,
      @Ctx() { caller }: Context,
    ): Promise<P | null> {
      return this.service.find(requireMerchant(caller), id);
    }

    @Query(() => listTypes.Connection, {
      name: `${field}s`,
      description: `Lists the merchant's ${noun}s in every status. Scope: \`PAYMENTS_READ\`.`,
    })
    @AllowScopes("PAYMENTS_READ")
    all(@Args(() => listTypes.Arguments) args: ListArguments, @Ctx() context: Context): object {
      return this.reader.all(context, args);
    }

    @Mutation(() => Payload, {
      name: `create${name}`,
      description: `${descriptions.create} Safe to retry with an \`idempotencyKey\`. Scope: \`PAYMENTS_WRITE\`.`,
    })
    @AllowScopes("PAYMENTS_WRITE")
    async create(
      @Arg("input", () => inputs.CreateInput, { description: descriptions.createInput })
      input: Create,
      @Ctx() { caller }: Context,
    ): Promise<object> {
      return payloadOf(field, await this.service.create(requireMerchant(caller), input));
    }

    @Mutation(() => Payload, {
      name: `update${name}`,
      description: `${descriptions.update} \`NOT_FOUND\` if the merchant has none with this id. Scope: \`PAYMENTS_WRITE\`.`,
    })
    @AllowScopes("PAYMENTS_WRITE")
    async update(
      @Arg("id", () => ID, ID_ARGUMENT) id: string,
      @Arg("input", () => inputs.UpdateInput, {
        description: "The fields to change. Omitted fields keep their values.",
      })
      input: Update,
      @Ctx() { caller }: Context,
    ): Promise<object> {
      return payloadOf(field, await this.service.update(requireMerchant(caller), id, input));
    }

    @Related()
    @FieldResolver(() => CustomerType, { nullable: true, description: descriptions.customer })
    @AllowScopes("PAYMENTS_READ")
    customer(@Root() { customerId }: Related, @Ctx() context: Context): Promise<Customer | null> {
      return this.relations.customers.load(context, customerId);
    }

    @Related()
    @FieldResolver(() => EmployeeType, { nullable: true, description: descriptions.employee })
    employee(
      @Root() { merchantId, employeeId }: Related,
      @Ctx() context: Context,
    ): Promise<Employee | null> {
      return this.relations.employee(context, merchantId, employeeId);
    }

    @Related()
    @FieldResolver(() => OrderType, { nullable: true, description: descriptions.order })
    @AllowScopes("PAYMENTS_READ")
    order(@Root() { orderId }: Related, @Ctx() context: Context): Promise<Order | null> {
      return this.relations.orders.load(context, orderId);
    }
  }
  return PaymentKindResolver;
}

const ID_ARGUMENT = {
  description: "The record's `id`, a UUIDv7. A string that is not a UUID matches no record.",
} as const;
