import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import { Bounded } from "../graphql/bounded.js";
import type { Context } from "../graphql/context.js";
import { NodeType, type TypedRow } from "../graphql/node.type.js";
import { AllowScopes } from "../graphql/permission.js";
import { badInput } from "../listing/bad-input.js";
import type { NodeService } from "./node.service.js";

/** As many as on a page of a list. */
const MAX_NODES = 100;

@Resolver()
export class NodeResolver {
  constructor(private readonly service: NodeService) {}

  @Query(() => NodeType, {
    nullable: true,
    description:
      "Returns the record with this id, of any type. Null if there is none, or if the token may not read it. Any valid token is accepted.",
  })
  @AllowScopes()
  node(
    @Arg("id", () => ID, {
      description: "The `id` of a record, a UUID. A string that is not a UUID matches no record.",
    })
    id: string,
    @Ctx() context: Context,
  ): Promise<TypedRow | null> {
    return this.service.find(context, id);
  }

  @Query(() => [NodeType], {
    nullable: "items",
    description: `Returns the records with these ids, of any types, in the order of the ids. Null in place of a record that does not exist or that the token may not read. Any valid token is accepted.`,
  })
  @AllowScopes()
  @Bounded(MAX_NODES)
  nodes(
    @Arg("ids", () => [ID], {
      description: `The \`id\` of each record, at most ${String(MAX_NODES)}. A string that is not a UUID matches no record.`,
    })
    ids: readonly string[],
    @Ctx() context: Context,
  ): Promise<(TypedRow | null)[]> {
    if (ids.length > MAX_NODES) {
      const problem = `has ${String(ids.length)} ids; at most ${String(MAX_NODES)} are allowed.`;
      throw badInput("ids", problem);
    }
    return Promise.all(ids.map((id) => this.service.find(context, id)));
  }
}
