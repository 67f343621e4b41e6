import { FieldResolver, Resolver, Root } from "type-graphql";
import { Bounded } from "../graphql/bounded.js";
import { MAX_PERIOD_LIMITS } from "./ledger/period-limit.js";
import { PocketPeriodLimit } from "./period-limit.type.js";
import type { PocketGroup } from "./pocket-group.record.js";
import { PocketGroupType } from "./pocket.type.js";

@Resolver(() => PocketGroupType)
export class PeriodLimitResolver {
  @Bounded(MAX_PERIOD_LIMITS)
  @FieldResolver(() => [PocketPeriodLimit], {
    description:
      "What each pocket of the group may be charged or debited in a day, a month or some hours. Empty if there are no such limits.",
  })
  periodLimits(@Root() { periodLimits }: PocketGroup): readonly PocketPeriodLimit[] {
    return periodLimits;
  }
}
