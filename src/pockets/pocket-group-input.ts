import { type UserErrors, changedValues, given, givenOrNull } from "../shared/user-error.js";
import { type GivenPeriodLimit, areSameLimits, checkPeriodLimits } from "./ledger/period-limit.js";
import { type PocketGroupLimits, checkLimits, checkRegion, checkTimeZone } from "./pocket-group.js";
import type { PocketGroup } from "./pocket-group.record.js";

/** The limits over time of a group as they are sent. */
interface LimitsOverTime {
  /** The name of an IANA time zone. */
  readonly timeZone?: string | null | undefined;
  /** Null for none. */
  readonly periodLimits?: readonly GivenPeriodLimit[] | null | undefined;
}

export interface CreatePocketGroup extends PocketGroupLimits, LimitsOverTime {
  readonly slug: string;
  readonly name: string;
  readonly currency?: string | null | undefined;
  /** The default region if omitted; null for any country. */
  readonly phoneNumberRegion?: string | null | undefined;
  readonly hasUniqueReferences?: boolean | null | undefined;
}

export interface UpdatePocketGroup extends PocketGroupLimits, LimitsOverTime {
  readonly name?: string | null | undefined;
  readonly isActive?: boolean | null | undefined;
  /** Null for any country. */
  readonly phoneNumberRegion?: string | null | undefined;
  readonly hasUniqueReferences?: boolean | null | undefined;
}

/**
 * The changes of a group that an input makes; none if it has errors.
 *
 * @param isKnownZone whether PostgreSQL knows the input's time zone.
 */
export function changesOf(
  errors: UserErrors,
  group: PocketGroup,
  input: UpdatePocketGroup,
  isKnownZone: boolean,
) {
  const { name, isActive, phoneNumberRegion, hasUniqueReferences, ...rest } = input;
  const { timeZone, periodLimits: sentLimits, ...limits } = rest;
  errors.refuseNull("name", name);
  errors.refuseNull("isActive", isActive);
  errors.refuseNull("hasUniqueReferences", hasUniqueReferences);
  errors.refuseNull("timeZone", timeZone);
  errors.checkName("name", name);
  checkLimits(errors, limits, group);
  const region = checkRegion(errors, phoneNumberRegion);
  checkTimeZone(errors, timeZone, isKnownZone);
  const periodLimits = checkPeriodLimits(errors, sentLimits);
  if (errors.all.length > 0) return {};
  const values = {
    ...given({ name, isActive, hasUniqueReferences, timeZone }),
    ...givenOrNull({ ...limits, ...region }),
  };
  const isSame = periodLimits === undefined || areSameLimits(group.periodLimits, periodLimits);
  return { ...changedValues(group, values), ...(isSame ? {} : { periodLimits }) };
}
