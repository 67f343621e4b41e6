import { Arg, Ctx, Resolver } from "type-graphql";
import { requireCaller } from "../callers/caller.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { SourceEvent, SubscriptionField } from "../graphql/subscription.js";
import type { PocketWatch } from "../pockets/pocket-watch.service.js";
import type { Pocket } from "../pockets/pocket.record.js";
import { GROUP_SLUG, NUMBER } from "../pockets/pocket.resolver.js";
import type { PocketService } from "../pockets/pocket.service.js";
import { PocketType } from "../pockets/pocket.type.js";
import { sourceOf } from "./source.js";

@Resolver()
export class PocketSubscriptionResolver {
  constructor(
    private readonly pockets: PocketService,
    private readonly watch: PocketWatch,
  ) {}

  @SubscriptionField(() => PocketType, {
    description:
      "Sends a pocket in its current state: first when the subscription begins, and then after each change by an entry, a hold or a freeze of any merchant. Changes in quick succession may be sent as one. Sends nothing until the pocket exists. `NOT_FOUND` if the group does not exist. Scope: `POCKETS_READ`, or an operator's token.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  async pocketChanged(
    @Arg("pocketGroupSlug", () => String, { description: GROUP_SLUG }) pocketGroupSlug: string,
    @Arg("phoneNumber", () => String, { description: NUMBER }) phoneNumber: string,
    @Ctx() { caller: of }: Context,
  ): Promise<AsyncIterable<SourceEvent<Pocket>>> {
    const caller = requireCaller(of);
    const keys = await this.pockets.keysFor(pocketGroupSlug, phoneNumber, caller);
    const changes = this.watch.watch(keys);
    return sourceOf(changes, async () => {
      if (!(await changes.next())) return null;
      // The group may have been taken from the merchant meanwhile.
      await this.pockets.keysFor(pocketGroupSlug, phoneNumber, caller);
      const pocket = await this.pockets.findFirst(keys);
      return pocket === null ? [] : [new SourceEvent(pocket)];
    });
  }
}
