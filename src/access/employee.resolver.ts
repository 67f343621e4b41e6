import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { payloadOf } from "../graphql/user-error.type.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list.js";
import type { AccessLists } from "./access.lists.js";
import { CreateEmployeeInput, UpdateEmployeeInput } from "./access.input.js";
import { EmployeePayload, EmployeeType, MerchantType, employeeLists } from "./access.type.js";
import { requireCaller } from "../callers/caller.js";
import type { Employee, employeeRecord } from "./employee.record.js";
import type { EmployeeService } from "./employee.service.js";
import type { MerchantLoader } from "./merchant.loader.js";
import type { Merchant } from "./merchant.record.js";

@Resolver(() => EmployeeType)
export class EmployeeResolver {
  constructor(
    private readonly service: EmployeeService,
    private readonly lists: AccessLists,
    private readonly merchants: MerchantLoader,
  ) {}

  @Query(() => EmployeeType, {
    nullable: true,
    description:
      "Looks up an employee: one of the caller's merchant, or for operators any; null when there is none. Any valid token may ask.",
  })
  @AllowScopes()
  employee(
    @Arg("id", () => ID, {
      description: "The UUIDv7 that answers show as `id`. A text that is no UUID finds nothing.",
    })
    id: string,
    @Ctx() { caller }: Context,
  ): Promise<Employee | null> {
    return this.service.find(id, requireCaller(caller));
  }

  @Query(() => employeeLists.Connection, {
    description:
      "Lists the employees of the caller's merchant, or for operators of all. Any valid token may ask.",
  })
  @AllowScopes()
  employees(
    @Args(() => employeeLists.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof employeeRecord> {
    return this.lists.employees.all(context, args);
  }

  @Mutation(() => EmployeePayload, {
    description: "Makes an employee of a merchant, active from the start. Operators only.",
  })
  @AllowScopes("OPERATOR")
  async createEmployee(
    @Arg("input", () => CreateEmployeeInput, {
      description: "Who it is, and at which merchant; everything is required.",
    })
    input: CreateEmployeeInput,
    @Ctx() { caller }: Context,
  ): Promise<EmployeePayload> {
    return payloadOf("employee", await this.service.create(input, requireCaller(caller)));
  }

  @Mutation(() => EmployeePayload, {
    description: "Changes an employee; `NOT_FOUND` when there is none. Operators only.",
  })
  @AllowScopes("OPERATOR")
  async updateEmployee(
    @Arg("id", () => ID, {
      description: "The UUIDv7 that answers show as `id`. A text that is no UUID finds nothing.",
    })
    id: string,
    @Arg("input", () => UpdateEmployeeInput, {
      description: "The fields to change; those left out stay as they are.",
    })
    input: UpdateEmployeeInput,
    @Ctx() { caller }: Context,
  ): Promise<EmployeePayload> {
    return payloadOf("employee", await this.service.update(id, input, requireCaller(caller)));
  }

  @FieldResolver(() => MerchantType, { description: "Where the person works; never changed." })
  merchant(@Root() { merchantId }: Employee, @Ctx() context: Context): Promise<Merchant | null> {
    return this.merchants.byId(context).load(merchantId);
  }
}
