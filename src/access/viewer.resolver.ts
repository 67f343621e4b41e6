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
    description: "Tells whose token the request came with. Any valid token may ask.",
  })
  @AllowScopes()
  viewer(@Ctx() { caller }: Context): ViewerType {
    return { scopes: requireCaller(caller).scopes };
  }

  @FieldResolver(() => MerchantType, {
    nullable: true,
    description: "In whose name the token acts; null for an operator's.",
  })
  async merchant(@Ctx() context: Context): Promise<Merchant | null> {
    const { merchantId } = requireCaller(context.caller);
    return merchantId === null ? null : this.merchants.byId(context).load(merchantId);
  }

  @FieldResolver(() => EmployeeType, {
    nullable: true,
    description: "Whose id is put on what the token makes; null when it is tied to nobody.",
  })
  async employee(@Ctx() context: Context): Promise<Employee | null> {
    const { merchantId, employeeId } = requireCaller(context.caller);
    if (merchantId === null || employeeId === null) return null;
    return this.employees.byKey(context).load({ merchantId, id: employeeId });
  }
}
