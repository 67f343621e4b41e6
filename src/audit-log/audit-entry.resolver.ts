import { Args, Ctx, Query, Resolver } from "type-graphql";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list.js";
import type { AuditEntryLists } from "./audit-entry.lists.js";
import type { auditEntryRecord } from "./audit-entry.record.js";
import { AuditEntryType, auditEntryLists } from "./audit-entry.type.js";

@Resolver(() => AuditEntryType)
export class AuditEntryResolver {
  constructor(private readonly lists: AuditEntryLists) {}

  @Query(() => auditEntryLists.Connection, {
    description:
      "Lists the audit trail: every change that was made of any record, but for pocket charges, which are never changed and tell who made them. Refused mutations are not in it. Operators only.",
  })
  @AllowScopes("OPERATOR")
  auditEntries(
    @Args(() => auditEntryLists.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof auditEntryRecord> {
    return this.lists.entries.all(context, args);
  }
}
