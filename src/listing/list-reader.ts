import { requireCaller } from "../callers/caller.js";
import { type ReadSource, readsFrom } from "../database/request-reads.js";
import { type Context, perRequest } from "../graphql/context.js";
import type { Connection } from "./connection.js";
import type { ConnectionTypes } from "./connection.type.js";
import { filterBudgetOf } from "./filter-budget.js";
import { type ListArguments, type ListDefinition, ListQuery } from "./list-query.js";
import type { Parent, ParentKey } from "./parent.js";
import type { RecordDefinition, RowOf } from "../records/record.js";

type ParentsOf = Readonly<Record<string, Parent>>;

/** Resolves every list of one record: the top-level list, and those nested in other records. */
export class ListReader<R extends RecordDefinition, P extends ParentsOf = ParentsOf> {
  /** Nested queries with equal arguments share one `List`, so that their parents are read together. */
  private readonly queries = perRequest(() => new Map<string, ListQuery<R>>());

  constructor(
    private readonly source: ReadSource,
    readonly definition: ListDefinition<R> & { readonly parents: P },
    private readonly types: Pick<ConnectionTypes<R>, "Connection">,
    /** Receives whole rows that were read, so that loaders need not read them again. */
    private readonly onRead: (context: Context, rows: readonly RowOf<R>[]) => void = () =>
      undefined,
  ) {}

  /** Every record that the caller may see. @throws AppError BAD_USER_INPUT with the argument's path. */
  all(context: Context, args: ListArguments): Connection<R> {
    return this.connect(context, args, null, []);
  }

  /** The records that belong to another record. @throws AppError BAD_USER_INPUT with the argument's path. */
  of(
    parent: keyof P & string,
    key: ParentKey,
    context: Context,
    args: ListArguments,
  ): Connection<R> {
    return this.connect(context, args, parent, key);
  }

  private connect(
    context: Context,
    args: ListArguments,
    parent: (keyof P & string) | null,
    key: ParentKey,
  ): Connection<R> {
    const queries = this.queries(context);
    const name = JSON.stringify([parent, args]);
    let query = queries.get(name);
    if (query === undefined) {
      const caller = requireCaller(context.caller);
      const found = parent === null ? null : (this.definition.parents[parent] ?? null);
      const on = readsFrom(this.source, context, !context.hasWritten);
      // Each mutation of a request starts a new epoch, but the budget, like the deadline, is per request.
      const budget = filterBudgetOf(context.deadline);
      query = new ListQuery(on, this.definition, caller, args, found, budget);
      queries.set(name, query);
    }
    return new this.types.Connection(query, key, (rows) => {
      // Do not prime loaders with rows from a replica: look-ups must see the primary's state.
      if (this.source.replicas === undefined || context.hasWritten) this.onRead(context, rows);
    });
  }
}
