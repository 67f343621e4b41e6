import { Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { EmployeeType } from "../access/access.type.js";
import type { Employee } from "../access/employee.record.js";
import type { Context } from "../graphql/context.js";
import { enumTypeOf } from "../graphql/enum-type.js";
import type { Connection } from "../listing/connection.js";
import type { GraphqlClass } from "../listing/graphql-class.js";
import { PageArgumentsType } from "../listing/list-arguments.type.js";
import type { PageArguments } from "../listing/page.js";
import type { PaymentRelations } from "./payment-relations.resolver.js";
import type { PaymentLists } from "./payment.lists.js";
import {
  PaymentAuthorizationType,
  PaymentChargeType,
  type PaymentOwner,
  PaymentRefundType,
  authorizationHistory,
  chargeHistory,
  refundHistory,
} from "./payment.type.js";
import type { StatusChange, statusChangeRecord } from "./status-change.record.js";

type History = typeof chargeHistory;

/** The status history of one kind of payment. */
function historyResolver(Owner: GraphqlClass, { Connection: Page }: History) {
  @Resolver(() => Owner)
  class HistoryResolver {
    constructor(private readonly lists: PaymentLists) {}

    @FieldResolver(() => Page, {
      description: "A page of the record's status changes, oldest first.",
    })
    statusHistory(
      @Root() { id }: PaymentOwner,
      @Args(() => PageArgumentsType) args: PageArguments,
      @Ctx() context: Context,
    ): Connection<typeof statusChangeRecord> {
      return this.lists.historyOf(id, context, args);
    }
  }
  return HistoryResolver;
}

/** The fields of one step, besides its time. */
function changeResolver({ Change, statuses }: History) {
  const status = enumTypeOf(statuses);

  @Resolver(() => Change)
  class StatusChangeResolver {
    constructor(private readonly relations: PaymentRelations) {}

    @FieldResolver(() => status, {
      nullable: true,
      description: "The previous status. Null if the record was created with this change.",
    })
    from(@Root() { fromStatus }: StatusChange): string | null {
      return fromStatus;
    }

    @FieldResolver(() => status, {
      description: "The status that the record entered with this change.",
    })
    to(@Root() { toStatus }: StatusChange): string {
      return toStatus;
    }

    @FieldResolver(() => EmployeeType, {
      nullable: true,
      description:
        "The employee whose token made the change. Null if the token was tied to no employee.",
    })
    employee(
      @Root() { merchantId, employeeId }: StatusChange,
      @Ctx() context: Context,
    ): Promise<Employee | null> {
      return this.relations.employee(context, merchantId, employeeId);
    }
  }
  return StatusChangeResolver;
}

export const HISTORY_RESOLVERS = [
  historyResolver(PaymentChargeType, chargeHistory),
  historyResolver(PaymentRefundType, refundHistory),
  historyResolver(PaymentAuthorizationType, authorizationHistory),
] as const;

export const STATUS_CHANGE_RESOLVERS = [
  changeResolver(chargeHistory),
  changeResolver(refundHistory),
  changeResolver(authorizationHistory),
] as const;
