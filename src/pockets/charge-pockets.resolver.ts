import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { requireMerchant } from "../callers/caller.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { present } from "../shared/assert.js";
import { answerCharge } from "./charge-answer.js";
import type { ChargePockets } from "./charge-pockets.service.js";
import { ChargePocketsInput } from "./pocket.input.js";
import { ChargePocketsPayload } from "./pocket.type.js";

@Resolver()
export class ChargePocketsResolver {
  constructor(private readonly chargePocketsOf: ChargePockets) {}

  @Mutation(() => ChargePocketsPayload, {
    description:
      "Charges (tops up) pockets of one group, found by phone number. Each charge succeeds or is refused independently. Its token makes it safe to retry: if a response is lost, send the same request again. Scope: `POCKETS_CHARGE`.",
  })
  @AllowScopes("POCKETS_CHARGE")
  async chargePockets(
    @Arg("input", () => ChargePocketsInput, {
      description: "The pocket group, and the phone number and amount of each charge.",
    })
    input: ChargePocketsInput,
    @Ctx() { caller }: Context,
  ): Promise<ChargePocketsPayload> {
    const merchant = requireMerchant(caller);
    const results = await this.chargePocketsOf.charge(
      merchant,
      input.pocketGroupSlug,
      input.charges,
    );
    return {
      results: input.charges.map((request, index) =>
        answerCharge(request, present(results[index], "the result of a charge")),
      ),
    };
  }
}
