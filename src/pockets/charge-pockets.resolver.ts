import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { requireMerchant } from "../access/caller.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { present } from "../shared/assert.js";
import type { ChargePockets, ChargeResult } from "./charge-pockets.js";
import type { PocketChargeErrorCode, PocketChargeRequest } from "./pocket-charge.js";
import { ChargePocketsInput } from "./pocket.input.js";
import { ChargePocketsPayload, type PocketChargeResult } from "./pocket.type.js";

const MESSAGES: Record<PocketChargeErrorCode, string> = {
  DUPLICATE_TOKEN: "Duplicate token.",
  TOKEN_CONFLICT: "Duplicate token.",
  INVALID_TOKEN: "The token must be a UUID of version 7.",
  INVALID_PHONE_NUMBER: "The phone number must be an Iranian mobile number.",
  INVALID_AMOUNT: "The amount must be above 0.",
  BELOW_MIN_CHARGE_AMOUNT: "The amount is below the least that a charge may add in this group.",
  ABOVE_MAX_CHARGE_AMOUNT: "The amount is above the most that a charge may add in this group.",
  ABOVE_MAX_POCKET_BALANCE:
    "The charge would lift the pocket over the balance that this group allows.",
};

@Resolver()
export class ChargePocketsResolver {
  constructor(private readonly chargePocketsOf: ChargePockets) {}

  @Mutation(() => ChargePocketsPayload, {
    description:
      "Charges (tops up) pockets of one group, found by phone number. Each charge is made or refused on its own, and each is safe to send again with its token: after a lost answer, send the same request once more.",
  })
  @AllowScopes("POCKETS_CHARGE")
  async chargePockets(
    @Arg("input", () => ChargePocketsInput, { description: "The group and the charges." })
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
        answer(request, present(results[index], "the result of a charge")),
      ),
    };
  }
}

function answer(
  { token, phoneNumber, amount }: PocketChargeRequest,
  result: ChargeResult,
): PocketChargeResult {
  if (result.status === "ERROR") {
    const { status, code, earlier } = result;
    return {
      token,
      phoneNumber,
      amount,
      status,
      code,
      message: MESSAGES[code],
      pocketCharge: earlier,
    };
  }
  const { status, charge } = result;
  const { token: storedToken, phoneNumber: storedNumber } = charge;
  return {
    token: storedToken,
    phoneNumber: storedNumber,
    amount,
    status,
    code: null,
    message: "Charge was successful.",
    pocketCharge: charge,
  };
}
