import { Ctx, FieldResolver, Query, Resolver } from "type-graphql";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { EmployeeType, MerchantType, ViewerType } from "./access.type.js";
import { requireCaller } from "../callers/caller.js";
import type { EmployeeLoader } from "./employee.loader.js";
import type { Employee } from "./employee.record.js";
import type { MerchantLoader } from "./merchant.loader.js";
import type { Merchant } from "./merchant.record.js";

@Resolver(() => ViewerType)
export class ViewerResolver {
  constructor(
    private readonly merchants: MerchantLoader,
    private readonly employees: EmployeeLoader,
  ) {}

  @Query(() => ViewerType, {
    description:
      "Returns the owner and scopes of the request's token. Any valid token is accepted.",
  })
  @AllowScopes()
  viewer(@Ctx() { caller }: Context): ViewerType {
    return { scopes: requireCaller(caller).scopes };
  }

  @FieldResolver(() => MerchantType, {
    nullable: true,
    description: "The merchant that the token acts for. Null for an operator's token.",
  })
  async merchant(@Ctx() context: Context): Promise<Merchant | null> {
    const { merchantId } = requireCaller(context.caller);
    return merchantId === null ? null : this.merchants.byId(context).load(merchantId);
  }

  @FieldResolver(() => EmployeeType, {
    nullable: true,
    description: "The employee that the token is tied to. Null if it is tied to no employee.",
  })
  async employee(@Ctx() context: Context): Promise<Employee | null> {
    const { merchantId, employeeId } = requireCaller(context.caller);
    if (merchantId === null || employeeId === null) return null;
    return this.employees.byKey(context).load({ merchantId, id: employeeId });
  }
}
