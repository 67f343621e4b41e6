import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { EmployeeType } from "../../access/access.type.js";
import type { Employee } from "../../access/employee.record.js";
import type { Context } from "../../graphql/context.js";
import { enumTypeOf } from "../../graphql/enum-type.js";
import type { PaymentRelations } from "../payment-relations.loader.js";
import type { StatusChange } from "./status-change.record.js";
import {
  type StatusHistory,
  authorizationHistory,
  chargeHistory,
  refundHistory,
} from "./status-history.type.js";

/** The fields of a status change of one kind of payment, except its time. */
function statusChangeResolver({ Change, statuses }: StatusHistory) {
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

export const STATUS_CHANGE_RESOLVERS = [
  statusChangeResolver(chargeHistory),
  statusChangeResolver(refundHistory),
  statusChangeResolver(authorizationHistory),
] as const;
