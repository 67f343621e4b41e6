import { Field, Int, ObjectType } from "type-graphql";
import { enumTypeOf } from "../graphql/enum-type.js";
import { BigIntString, DateTime } from "../graphql/scalars.js";
import type { Instant } from "../shared/instant.js";
import { PocketEntryKind } from "./ledger/ledger-entry.record.js";
import type { StatementKey, StatementTotal } from "./pocket-statement.js";

/** A statement, whose amounts are read when they are selected. */
@ObjectType("PocketStatement", {
  description:
    "The movements of a pocket in the half-open interval from `from` to `to`. The opening balance, the sums of the totals and `otherMerchantsSum` add up to the closing balance.",
  simpleResolvers: true,
})
export class PocketStatementType implements StatementKey {
  pocketGroupId!: string;
  phoneNumber!: string;

  /** Whether the query selects sums of the entries. */
  hasTotals!: boolean;

  @Field(() => DateTime, { description: "The start of the interval, whose entries are included." })
  from!: Instant;

  @Field(() => DateTime, {
    description: "The end of the interval, whose entries are not included.",
  })
  to!: Instant;
}

@ObjectType("PocketStatementTotal", {
  description: "The entries of one kind in a statement that the caller may see.",
  simpleResolvers: true,
})
export class PocketStatementTotal implements StatementTotal {
  @Field(() => enumTypeOf(PocketEntryKind), { description: "What changed the balance." })
  kind!: PocketEntryKind;

  @Field(() => Int, { description: "How many entries of this kind there are." })
  count!: number;

  @Field(() => BigIntString, {
    description:
      "The sum of their effects on the balance, in the minor unit of the group's currency: below 0 if more was taken out than added.",
  })
  sum!: string;
}
