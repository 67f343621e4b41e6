import { Args, Ctx, Query, Resolver } from "type-graphql";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list-query.js";
import type { AuditEntryReader } from "./audit-entry.reader.js";
import type { auditEntryRecord } from "./audit-entry.record.js";
import { AuditEntryType, auditEntryListTypes } from "./audit-entry.type.js";

@Resolver(() => AuditEntryType)
export class AuditEntryResolver {
  constructor(private readonly reader: AuditEntryReader) {}

  @Query(() => auditEntryListTypes.Connection, {
    description:
      "Lists the audit trail: every change to any record. It excludes pocket charges, which never change and show the merchant that made them, and refused mutations. Operators only.",
  })
  @AllowScopes("OPERATOR")
  auditEntries(
    @Args(() => auditEntryListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof auditEntryRecord> {
    return this.reader.entries.all(context, args);
  }
}
