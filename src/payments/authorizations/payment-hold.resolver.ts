import { FieldResolver, Resolver, Root } from "type-graphql";
import { Amount } from "../../graphql/scalars.js";
import type { Clock } from "../../shared/clock.js";
import { type Hold, isCapturable, partsOf } from "./payment-authorization.js";
import { PaymentAuthorizationType } from "./payment-authorization.type.js";

/** The state of an authorization's funds. It is computed for each request, because it depends on the current time. */
@Resolver(() => PaymentAuthorizationType)
export class PaymentHoldResolver {
  constructor(private readonly clock: Clock) {}

  @FieldResolver(() => Boolean, {
    description:
      "Whether a charge can capture the funds now: they are held, not captured and not expired.",
  })
  capturable(@Root() hold: Hold): boolean {
    return isCapturable(hold, this.clock.now());
  }

  @FieldResolver(() => Amount, {
    description:
      "The part of the amount that is neither captured nor released. See `capturable` for whether it can be captured now.",
  })
  amountCapturableInCents(@Root() hold: Hold): number {
    return partsOf(hold, "amount").capturable;
  }

  @FieldResolver(() => Amount, {
    description: "The part of the amount that was released without a capture.",
  })
  amountReleasedInCents(@Root() hold: Hold): number {
    return partsOf(hold, "amount").released;
  }

  @FieldResolver(() => Amount, {
    description:
      "The part of the deposit that is neither captured nor released. See `capturable` for whether it can be captured now.",
  })
  depositCapturableInCents(@Root() hold: Hold): number {
    return partsOf(hold, "deposit").capturable;
  }

  @FieldResolver(() => Amount, {
    description: "The part of the deposit that was released without a capture.",
  })
  depositReleasedInCents(@Root() hold: Hold): number {
    return partsOf(hold, "deposit").released;
  }

  @FieldResolver(() => Amount, {
    description:
      "The part of amount and deposit together that is neither captured nor released. See `capturable` for whether it can be captured now.",
  })
  totalCapturableInCents(@Root() hold: Hold): number {
    return partsOf(hold, "total").capturable;
  }

  @FieldResolver(() => Amount, {
    description: "The captured part of amount and deposit together. 0 until a capture.",
  })
  totalCapturedInCents(@Root() hold: Hold): number {
    return partsOf(hold, "total").captured;
  }

  @FieldResolver(() => Amount, {
    description: "The part of amount and deposit together that was released without a capture.",
  })
  totalReleasedInCents(@Root() hold: Hold): number {
    return partsOf(hold, "total").released;
  }
}
