import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { requireMerchant } from "../callers/caller.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { answerItems } from "./item-answer.js";
import {
  CaptureHoldsInput,
  DebitPocketsInput,
  HoldPocketsInput,
  ReleaseHoldsInput,
  ReversePocketEntriesInput,
} from "./pocket-entry.input.js";
import {
  CaptureHoldsPayload,
  DebitPocketsPayload,
  HoldPocketsPayload,
  ReleaseHoldsPayload,
  ReversePocketEntriesPayload,
} from "./pocket-entry.type.js";
import type { SpendPockets } from "./spend-pockets.service.js";

const EACH =
  "Each item succeeds or is refused independently. Its token makes it safe to retry: if a response is lost, send the same request again.";

@Resolver()
export class SpendPocketsResolver {
  constructor(private readonly useCase: SpendPockets) {}

  @Mutation(() => DebitPocketsPayload, {
    description: `Debits pockets of one group: takes amounts out of what is available. ${EACH} Scope: \`POCKETS_DEBIT\`.`,
  })
  @AllowScopes("POCKETS_DEBIT")
  async debitPockets(
    @Arg("input", () => DebitPocketsInput, {
      description: "The pocket group, and the phone number and amount of each debit.",
    })
    { pocketGroupSlug, debits }: DebitPocketsInput,
    @Ctx() { caller }: Context,
  ): Promise<DebitPocketsPayload> {
    const results = await this.useCase.debit(requireMerchant(caller), pocketGroupSlug, debits);
    return { results: answerItems("debit", tokensOf(debits), results) };
  }

  @Mutation(() => ReversePocketEntriesPayload, {
    description: `Reverses charges and debits of one group, whole or in part. The reversal of a charge takes out what is available, the reversal of a debit gives back. ${EACH} Scope: \`POCKETS_REVERSE\`.`,
  })
  @AllowScopes("POCKETS_REVERSE")
  async reversePocketEntries(
    @Arg("input", () => ReversePocketEntriesInput, {
      description: "The pocket group, and the token of each entry to take back.",
    })
    { pocketGroupSlug, reversals }: ReversePocketEntriesInput,
    @Ctx() { caller }: Context,
  ): Promise<ReversePocketEntriesPayload> {
    const merchant = requireMerchant(caller);
    const results = await this.useCase.reverse(merchant, pocketGroupSlug, reversals);
    return { results: answerItems("reverse", tokensOf(reversals), results) };
  }

  @Mutation(() => HoldPocketsPayload, {
    description: `Holds (reserves) amounts of pockets of one group, to capture or release them later. ${EACH} Scope: \`POCKETS_DEBIT\`.`,
  })
  @AllowScopes("POCKETS_DEBIT")
  async holdPockets(
    @Arg("input", () => HoldPocketsInput, {
      description: "The pocket group, and the phone number and amount of each hold.",
    })
    { pocketGroupSlug, holds }: HoldPocketsInput,
    @Ctx() { caller }: Context,
  ): Promise<HoldPocketsPayload> {
    const results = await this.useCase.hold(requireMerchant(caller), pocketGroupSlug, holds);
    return { results: answerItems("hold", tokensOf(holds), results) };
  }

  @Mutation(() => CaptureHoldsPayload, {
    description: `Captures holds of one group, whole or in part: debits their pockets by what they have reserved. ${EACH} Scope: \`POCKETS_DEBIT\`.`,
  })
  @AllowScopes("POCKETS_DEBIT")
  async captureHolds(
    @Arg("input", () => CaptureHoldsInput, {
      description: "The pocket group, and the hold of each capture.",
    })
    { pocketGroupSlug, captures }: CaptureHoldsInput,
    @Ctx() { caller }: Context,
  ): Promise<CaptureHoldsPayload> {
    const results = await this.useCase.capture(requireMerchant(caller), pocketGroupSlug, captures);
    return { results: answerItems("capture", tokensOf(captures), results) };
  }

  @Mutation(() => ReleaseHoldsPayload, {
    description:
      "Releases holds of one group, so that what is left of them is available again. Each hold is released or refused independently. Releasing a hold again has no effect. Scope: `POCKETS_DEBIT`.",
  })
  @AllowScopes("POCKETS_DEBIT")
  async releaseHolds(
    @Arg("input", () => ReleaseHoldsInput, {
      description: "The pocket group, and the tokens of the holds.",
    })
    { pocketGroupSlug, holdTokens }: ReleaseHoldsInput,
    @Ctx() { caller }: Context,
  ): Promise<ReleaseHoldsPayload> {
    const merchant = requireMerchant(caller);
    const results = await this.useCase.release(merchant, pocketGroupSlug, holdTokens);
    return { results: answerItems("release", holdTokens, results) };
  }
}

function tokensOf(items: readonly { readonly token: string }[]): string[] {
  return items.map(({ token }) => token);
}
