import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Context } from "../../graphql/context.js";
import type { GraphqlClass } from "../../listing/graphql-class.js";
import type { SecretOwner } from "../../shared/secret-box.js";
import { type ProviderSecrets, type StoredSecret, readSecret } from "./provider-secrets.js";

/** Adds the field `providerSecret` to a type. */
export function providerSecretResolver(Owner: GraphqlClass) {
  @Resolver(() => Owner)
  class ProviderSecretResolver {
    constructor(private readonly secrets: ProviderSecrets) {}

    @FieldResolver(() => String, {
      nullable: true,
      description:
        "The provider's secret. Null if there is none, or if the token lacks the scope `PROVIDER_SECRETS_READ`.",
    })
    providerSecret(
      @Root() owner: StoredSecret & SecretOwner,
      @Ctx() { caller }: Context,
    ): string | null {
      return readSecret(caller, this.secrets, owner);
    }
  }
  return ProviderSecretResolver;
}
