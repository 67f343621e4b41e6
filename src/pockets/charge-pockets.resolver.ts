import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { requireMerchant } from "../callers/caller.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { answerCharges } from "./charge-answer.js";
import type { ChargePockets } from "./charge-pockets.service.js";
import { ChargePocketsInput } from "./pocket.input.js";
import { ChargePocketsPayload } from "./pocket.type.js";

@Resolver()
export class ChargePocketsResolver {
  constructor(private readonly useCase: ChargePockets) {}

  @Mutation(() => ChargePocketsPayload, {
    description:
      "Charges (tops up) pockets of one group, found by phone number. Each charge is made or refused on its own, and each is safe to send again with its token: after a lost answer, send the same request once more. Scope: `POCKETS_CHARGE`.",
  })
  @AllowScopes("POCKETS_CHARGE")
  async chargePockets(
    @Arg("input", () => ChargePocketsInput, {
      description: "Which group, and what to add to whose pocket.",
    })
    input: ChargePocketsInput,
    @Ctx() { caller }: Context,
  ): Promise<ChargePocketsPayload> {
    const { pocketGroupSlug, charges } = input;
    const results = await this.useCase.charge(requireMerchant(caller), pocketGroupSlug, charges);
    return { results: answerCharges(charges, results) };
  }
}
