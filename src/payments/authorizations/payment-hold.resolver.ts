import { FieldResolver, Resolver, Root } from "type-graphql";
import { Amount } from "../../graphql/scalars.js";
import type { Clock } from "../../shared/clock.js";
import { type Hold, isCapturable, partsOf } from "./payment-authorization.js";
import { PaymentAuthorizationType } from "./payment-authorization.type.js";

/** What is told of an authorization's funds: computed, so that it is true at the moment it is asked. */
@Resolver(() => PaymentAuthorizationType)
export class PaymentHoldResolver {
  constructor(private readonly clock: Clock) {}

  @FieldResolver(() => Boolean, {
    description: "Whether a charge can capture the funds now: held, never captured, and in time.",
  })
  capturable(@Root() hold: Hold): boolean {
    return isCapturable(hold, this.clock.now());
  }

  @FieldResolver(() => Amount, {
    description:
      "What of the amount is neither taken nor let go; `capturable` tells whether a charge may take it.",
  })
  amountCapturableInCents(@Root() hold: Hold): number {
    return partsOf(hold, "amount").capturable;
  }

  @FieldResolver(() => Amount, {
    description: "What of the amount was let go without being taken.",
  })
  amountReleasedInCents(@Root() hold: Hold): number {
    return partsOf(hold, "amount").released;
  }

  @FieldResolver(() => Amount, {
    description:
      "What of the deposit is neither taken nor let go; `capturable` tells whether a charge may take it.",
  })
  depositCapturableInCents(@Root() hold: Hold): number {
    return partsOf(hold, "deposit").capturable;
  }

  @FieldResolver(() => Amount, {
    description: "What of the deposit was let go without being taken.",
  })
  depositReleasedInCents(@Root() hold: Hold): number {
    return partsOf(hold, "deposit").released;
  }

  @FieldResolver(() => Amount, {
    description:
      "What of both together is neither taken nor let go; `capturable` tells whether a charge may take it.",
  })
  totalCapturableInCents(@Root() hold: Hold): number {
    return partsOf(hold, "total").capturable;
  }

  @FieldResolver(() => Amount, {
    description:
      "What was taken of amount and deposit together, by a charge here or in full elsewhere; 0 until then.",
  })
  totalCapturedInCents(@Root() hold: Hold): number {
    return partsOf(hold, "total").captured;
  }

  @FieldResolver(() => Amount, {
    description: "What of both together was let go without being taken.",
  })
  totalReleasedInCents(@Root() hold: Hold): number {
    return partsOf(hold, "total").released;
  }
}
