import { FieldResolver, Resolver, Root } from "type-graphql";
import { Amount } from "../graphql/scalars.js";
import type { Clock } from "../shared/clock.js";
import { type Hold, isCapturable, partsOf } from "./payment-authorization.js";
import { PaymentAuthorizationType } from "./payment.type.js";

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
    description: "What is neither captured nor released of the amount.",
  })
  amountCapturableInCents(@Root() hold: Hold): number {
    return partsOf(hold, "amount").capturable;
  }

  @FieldResolver(() => Amount, { description: "What is no longer held of the amount." })
  amountReleasedInCents(@Root() hold: Hold): number {
    return partsOf(hold, "amount").released;
  }

  @FieldResolver(() => Amount, {
    description: "What is neither captured nor released of the deposit.",
  })
  depositCapturableInCents(@Root() hold: Hold): number {
    return partsOf(hold, "deposit").capturable;
  }

  @FieldResolver(() => Amount, { description: "What is no longer held of the deposit." })
  depositReleasedInCents(@Root() hold: Hold): number {
    return partsOf(hold, "deposit").released;
  }

  @FieldResolver(() => Amount, {
    description: "What is neither captured nor released of the total.",
  })
  totalCapturableInCents(@Root() hold: Hold): number {
    return partsOf(hold, "total").capturable;
  }

  @FieldResolver(() => Amount, { description: "What was taken of the total." })
  totalCapturedInCents(@Root() hold: Hold): number {
    return partsOf(hold, "total").captured;
  }

  @FieldResolver(() => Amount, { description: "What is no longer held of the total." })
  totalReleasedInCents(@Root() hold: Hold): number {
    return partsOf(hold, "total").released;
  }
}
