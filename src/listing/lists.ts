import { requireCaller } from "../callers/caller.js";
import { type ReadSource, readsFrom } from "../database/request-reads.js";
import { type Context, perRequest } from "../graphql/context.js";
import type { Connection } from "./connection.js";
import type { ConnectionTypes } from "./connection.type.js";
import { filterBudgetOf } from "./filter-budget.js";
import { List, type ListArguments, type ListDefinition } from "./list.js";
import type { Parent, ParentKey } from "./parent.js";
import type { RecordDefinition, RowOf } from "../records/record.js";

type ParentsOf = Readonly<Record<string, Parent>>;

/** Answers every list of one record: the list of its own, and those nested in other records. */
export class Lists<R extends RecordDefinition, P extends ParentsOf> {
  /** Lists asked for in the same way, by several parents, are one and read together. */
  private readonly lists = perRequest(() => new Map<string, List<R>>());

  constructor(
    private readonly source: ReadSource,
    private readonly definition: ListDefinition<R> & { readonly parents: P },
    private readonly types: Pick<ConnectionTypes<R>, "Connection">,
    /** Told of rows that were read, so that loaders need not read them again. */
    private readonly onRead: (context: Context, rows: readonly RowOf<R>[]) => void = () =>
      undefined,
  ) {}

  /** Everything that the caller may see. @throws AppError BAD_USER_INPUT that names the argument. */
  all(context: Context, args: ListArguments): Connection<R> {
    return this.connect(context, args, null, []);
  }

  /** What of it belongs to another record. @throws AppError BAD_USER_INPUT that names the argument. */
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
    const lists = this.lists(context);
    const name = JSON.stringify([parent, args]);
    let list = lists.get(name);
    if (list === undefined) {
      const caller = requireCaller(context.caller);
      const found = parent === null ? null : (this.definition.parents[parent] ?? null);
      const on = readsFrom(this.source, context, !context.hasWritten);
      // A mutation begins a new epoch, but not a new budget: the deadline is the whole request's.
      const budget = filterBudgetOf(context.deadline);
      list = new List(on, this.definition, caller, args, found, budget);
      lists.set(name, list);
    }
    return new this.types.Connection(list, key, (rows) => {
      // A look-up must not be answered by what a replica says.
      if (this.source.replicas === undefined || context.hasWritten) this.onRead(context, rows);
    });
  }
}
