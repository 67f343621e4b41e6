import DataLoader from "dataloader";
import { requireCaller } from "../callers/caller.js";
import { type ReadSource, withinTime } from "../database/request-reads.js";
import { type Context, perRequest } from "../graphql/context.js";
import type { TypedRow } from "../graphql/node.type.js";
import { type IdDerivation, deriveId, isDerivedId, parseUuid } from "../shared/uuid.js";
import { type IdsOfSource, type NodeSource, findNodes, findSources } from "./node.store.js";

/** Finds records of every type by their ids. */
export class NodeService {
  constructor(
    private readonly database: Pick<ReadSource, "pool">,
    private readonly sources: readonly NodeSource[],
  ) {}

  private readonly byId = perRequest(
    (context) =>
      new DataLoader<string, TypedRow | null>(async (ids) => {
        const found = await this.findAll(context, ids);
        return ids.map((id) => found.get(id) ?? null);
      }),
  );

  /**
   * All look-ups of a request that arrive together are one statement that finds their types, and one statement for
   * each type found.
   *
   * @returns null for an invalid or unknown id, and for a record that the caller may not read.
   */
  async find(context: Context, id: string): Promise<TypedRow | null> {
    const uuid = parseUuid(id);
    return uuid === null ? null : this.byId(context).load(uuid);
  }

  private readonly byType = perRequest(
    (context) =>
      new DataLoader<readonly [type: string, id: string], TypedRow | null, string>(
        async (keys) => {
          const types = [...new Set(keys.map(([type]) => type))];
          const found = await Promise.all(
            types.map(async (type) => {
              const ids = keys.filter(([of]) => of === type).map(([, id]) => id);
              const sources = this.readable(context).filter(({ record }) => record.name === type);
              const rows = await this.findStored(
                context,
                sources.map((source) => ({ source, ids })),
              );
              return [type, new Map(rows.map(({ row }) => [row.id, row]))] as const;
            }),
          );
          const ofTypes = new Map(found);
          return keys.map(([type, id]) => ofTypes.get(type)?.get(id) ?? null);
        },
        { cacheKeyFn: ([type, id]) => `${type} ${id}` },
      ),
  );

  /**
   * Finds a record whose type is known. Batched look-ups of a request are one statement per type.
   *
   * @param id as it is stored, also for an entry that is derived from another record.
   * @returns null for an unknown id, and for a record that the caller may not read.
   */
  findOf(context: Context, type: string, id: string): Promise<TypedRow | null> {
    return this.byType(context).load([type, id]);
  }

  private readable(context: Context): NodeSource[] {
    const { scopes } = requireCaller(context.caller);
    return this.sources.filter(
      (source) => source.scopes.length === 0 || source.scopes.some((one) => scopes.includes(one)),
    );
  }

  private async findAll(context: Context, ids: readonly string[]): Promise<Map<string, TypedRow>> {
    const wanted = this.readable(context).map((source) => ({
      source,
      ids: storedIds(source, ids),
    }));
    const rows = await this.findStored(context, wanted);
    return new Map(rows.map(({ source, row }) => [deriveId(row.id, derivationOf(source)), row]));
  }

  private async findStored(
    context: Context,
    wanted: readonly IdsOfSource[],
  ): Promise<{ readonly source: NodeSource; readonly row: TypedRow & { readonly id: string } }[]> {
    const caller = requireCaller(context.caller);
    const on = withinTime(this.database.pool, context);
    const possible = wanted.filter(({ ids }) => ids.length > 0);
    const found = possible.length > 1 ? await findSources(on, possible, caller) : possible;
    const rows = await Promise.all(
      found.map(async (one) => {
        const { source } = one;
        const __typename = source.record.name;
        const nodes = await findNodes(on, one, caller);
        return nodes.map((row) => ({ source, row: { ...row, __typename } }));
      }),
    );
    return rows.flat();
  }
}

function derivationOf({ record: { fields } }: NodeSource): IdDerivation | undefined {
  return fields["id"]?.uses.derivation;
}

/** The ids that the source can have, as it stores them. The version shows which ids are those of derived entries. */
function storedIds(source: NodeSource, ids: readonly string[]): string[] {
  const derivation = derivationOf(source);
  const possible = ids.filter((id) => isDerivedId(id) === (derivation === "version"));
  return possible.map((id) => deriveId(id, derivation));
}
