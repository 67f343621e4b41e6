import DataLoader from "dataloader";
import { requireCaller } from "../callers/caller.js";
import { type ReadSource, withinTime } from "../database/request-reads.js";
import { type Context, perRequest } from "../graphql/context.js";
import type { TypedRow } from "../graphql/node.type.js";
import { invertVersion, isDerivedId, parseUuid } from "../shared/uuid.js";
import { type NodeSource, findNodes, findSources } from "./node.store.js";

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
              return [type, new Map(await this.findStored(context, sources, ids))] as const;
            }),
          );
          const ofTypes = new Map(found);
          return keys.map(([type, id]) => ofTypes.get(type)?.get(id) ?? null);
        },
        { cacheKeyFn: ([type, id]) => `${type} ${id}` },
      ),
  );

  /**
   * Finds a record whose type is known. The look-ups of a request that arrive together are one statement per type.
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
    const readable = this.readable(context);
    // The id shows whether it is that of a record, or of an entry derived from one.
    const found = await Promise.all(
      [false, true].map(async (areDerived) => {
        const rows = await this.findStored(
          context,
          readable.filter(({ record }) => areDerived === isDerived(record)),
          ids.filter((id) => areDerived === isDerivedId(id)).map(areDerived ? invertVersion : asIs),
        );
        return rows.map(([id, row]) => [areDerived ? invertVersion(id) : id, row] as const);
      }),
    );
    return new Map(found.flat());
  }

  /** @param ids in the form in which the sources store them. */
  private async findStored(
    context: Context,
    sources: readonly NodeSource[],
    ids: readonly string[],
  ): Promise<(readonly [id: string, row: TypedRow])[]> {
    const [only, ...others] = sources;
    if (only === undefined || ids.length === 0) return [];
    const caller = requireCaller(context.caller);
    const on = withinTime(this.database.pool, context);
    const sourceOf =
      others.length === 0
        ? new Map(ids.map((id) => [id, only]))
        : await findSources(on, sources, caller, ids);
    const rows = await Promise.all(
      [...new Set(sourceOf.values())].map(async (source) => {
        const own = ids.filter((id) => sourceOf.get(id) === source);
        const __typename = source.record.name;
        return (await findNodes(on, source, caller, own)).map(
          (row) => [row.id, { ...row, __typename }] as const,
        );
      }),
    );
    return rows.flat();
  }
}

function isDerived({ fields }: NodeSource["record"]): boolean {
  return fields["id"]?.uses.isDerived === true;
}

function asIs(id: string): string {
  return id;
}
