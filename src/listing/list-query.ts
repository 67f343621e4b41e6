import DataLoader from "dataloader";
import type { ApiScope } from "../callers/api-scope.js";
import type { Caller } from "../callers/caller.js";
import type { Queryable } from "../database/database.js";
import { isDistributed } from "../database/distributed.js";
import { column, rowOf } from "../database/row.js";
import { type Sql, sql } from "../database/sql.js";
import { type Aggregate, type Aggregation, aggregateColumns, readAggregate } from "./aggregate.js";
import { aggregateSource } from "./aggregate-source.js";
import { type AggregateKey, type SliceKey, errorOr, mergeKeys, parentsOf } from "./batch.js";
import { decodeCursor } from "./cursor.js";
import type { FilterBudget } from "./filter-budget.js";
import { type Filter, type SpecialFilters, filterCondition, namesRecords } from "./filter.js";
import {
  type Group,
  type Grouping,
  groupByKeys,
  groupingOf,
  keyColumnsOf,
  orderByKeys,
  readGroups,
  refuseTimeZone,
} from "./grouping.js";
import { type ListedRows, type Slice, selectRows } from "./list-rows.js";
import { type Order, type SortKey, cursorCondition, orderOf } from "./order.js";
import { type JsonRow, type PageColumns, jsonColumns, pageColumns } from "./page-columns.js";
import { type PageSelection, mergeSelections } from "./page-selection.js";
import { type Page, type PageArguments, pageOf } from "./page.js";
import { type Parent, type ParentKey, readForParents } from "./parent.js";
import { keepsPlan, pagePart, readPages } from "./read-pages.js";
import type { Rollups } from "./rollups.js";
import type { ToOne } from "./to-one.js";
import type { RecordDefinition, RowOf } from "../records/record.js";
import { present } from "../shared/assert.js";
import type { Visible } from "./visible.js";

export interface ListArguments extends PageArguments {
  readonly filter?: Filter | null | undefined;
  readonly sort?: readonly SortKey[] | null | undefined;
}

/** A record that can be listed, and the rows that each caller may see. */
export interface ListDefinition<R extends RecordDefinition = RecordDefinition> {
  readonly record: R;
  /** The rows that the caller may see. Every statement of the list includes this condition. */
  readonly visibleTo: (caller: Caller) => Visible;
  /** The order without a `sort`, which the id completes; newest first by default. */
  readonly defaultSort?: readonly SortKey[];
  /** The scopes of which a caller needs one to read a record by its id alone; none if every valid token may. */
  readonly scopes: readonly ApiScope[];
  /** Fields whose filters need a special translation. */
  readonly filters?: (caller: Caller) => SpecialFilters;
  /** Precomputed aggregates of the rows, used where they suffice. */
  readonly rollups?: Rollups;
  /** The records that each row refers to, by the GraphQL field of the relation. */
  readonly toOne?: Readonly<Record<string, ToOne>>;
}

/**
 * One list as one caller requests it, at the top level or for many parents at once. Each part (rows, counts,
 * groups) is a separate statement, sent only when the part is requested. The same part for several parents
 * is one statement.
 */
export class ListQuery<R extends RecordDefinition> {
  readonly order: Order;
  readonly page: Page;
  private readonly rows: ListedRows;
  private readonly filter: Filter | null | undefined;
  private readonly cursor: readonly unknown[] | null;
  private readonly jsonLoaders = new Map<string, DataLoader<ParentKey, Slice<JsonRow>, string>>();
  private readonly groupLoaders = new Map<string, DataLoader<AggregateKey, Group[], string>>();

  /** @throws AppError BAD_USER_INPUT with the argument's path. */
  constructor(
    private readonly on: Queryable,
    readonly definition: ListDefinition<R>,
    readonly caller: Caller,
    args: ListArguments,
    private readonly parent: Parent | null,
    budget?: FilterBudget,
  ) {
    const { record, visibleTo } = definition;
    this.page = pageOf(args);
    this.order = orderOf(args.sort, definition.defaultSort);
    this.filter = args.filter;
    this.rows = {
      record,
      visible: visibleTo(caller),
      parent,
      filter: args.filter
        ? filterCondition(record, args.filter, definition.filters?.(caller), budget)
        : sql`true`,
      isFiltered: Boolean(args.filter),
      matchesFew: args.filter ? namesRecords(record, args.filter) : false,
      order: this.order,
    };
    this.cursor =
      this.page.way === "numbered" || this.page.cursor === null
        ? null
        : decodeCursor(
            record,
            this.order,
            this.page.cursor,
            this.page.way === "forward" ? "after" : "before",
          );
  }

  /** The rows of the page, in the list's order. Selections of the same time are one statement. */
  readonly slices = new DataLoader<SliceKey, Slice<RowOf<R>>, string>(
    async (keys) => {
      const { record, toOne = {} } = this.definition;
      const { parents, indexOf } = parentsOf(keys);
      const selection = mergeSelections(keys.map((one) => one.selection));
      const isCluster = await isDistributed(this.on);
      const columns = pageColumns<RowOf<R>>(record, this.order, selection, toOne, isCluster);
      const slices = await this.read(parents, columns);
      return keys.map(({ parent }) => present(slices[indexOf(parent)], "the page of a parent"));
    },
    { cacheKeyFn: ({ parent, selection }) => `${parent.join()} ${selection.key}` },
  );

  /** Like `slices`, for records as JSON, each selection by itself. Null for columns alone that gain nothing by it. */
  jsonSlice(parent: ParentKey, selection: PageSelection): Promise<Slice<JsonRow>> | null {
    const isSimple = this.parent === null && keepsPlan(this.page, this.rows);
    if (selection.related.size === 0 && !isSimple) return null;
    let loader = this.jsonLoaders.get(selection.key);
    if (loader === undefined) {
      const { record, toOne = {} } = this.definition;
      const columns = jsonColumns(record, this.order, selection, toOne);
      loader = this.loader((parents) => this.read(parents, columns));
      this.jsonLoaders.set(selection.key, loader);
    }
    return loader.load(parent);
  }

  private read<T>(parents: readonly ParentKey[], columns: PageColumns<T>): Promise<Slice<T>[]> {
    const isBackward = this.page.way === "backward";
    const beyond = this.cursor && this.cursorCondition(isBackward ? "before" : "after", false);
    const part = pagePart(this.page, this.rows, beyond ? sql` and ${beyond}` : sql``);
    return readPages(this.on, this.rows, part, columns, parents);
  }

  /** Whether the list has rows behind the page, in the direction opposite to paging. */
  readonly hasRowsBefore = this.loader<boolean>(async (parents) => {
    const { record } = this.definition;
    const isBackward = this.page.way === "backward";
    // The rows not beyond the cursor: its own row, if it still exists, and those before it.
    const before = this.cursor
      ? sql` and ${this.cursorCondition(isBackward ? "after" : "before", true)}`
      : sql``;
    const rows = await readForParents(
      this.on,
      rowOf({ found: column.boolean() }),
      this.parent,
      parents,
      (key, isDistributed) => {
        // Read the nearest row through the index: a plain `exists` drops the order and might scan the table.
        const { select, rest } = selectRows(this.rows, key, isDistributed, {
          columns: sql`${record.table}.id`,
          beyond: before,
          isBackward: !isBackward,
          limit: 1,
          skipped: 0,
        });
        return { select: sql`exists (select ${select} ${rest}) as found`, rest: sql`` };
      },
    );
    return rows.map(([row]) => row?.found === true);
  });

  /** Sums and counts over the whole list. Those requested at the same time are one statement. */
  readonly aggregates = new DataLoader<AggregateKey, Aggregate, string>(
    async (keys) => {
      const { record } = this.definition;
      const { requested, parents, indexOf } = mergeKeys(keys);
      const source = await this.source(requested);
      const { columns, row } = aggregateColumns(record, requested, source.areRolledUp);
      const rows = await readForParents(this.on, row, this.parent, parents, (key) => {
        const { tables, condition } = source.rowsOf(key);
        return { select: columns, rest: sql`from ${tables} where ${condition}` };
      });
      return keys.map(({ parent, aggregations }) => {
        const figures = rows[indexOf(parent)]?.[0] ?? {};
        return errorOr(() => readAggregate(record, aggregations, figures, "aggregate"));
      });
    },
    { cacheKeyFn: ({ parent, aggregations }) => JSON.stringify([parent, aggregations]) },
  );

  /** The list's groups with their aggregates, sorted by their keys. */
  groups(
    parent: ParentKey,
    grouping: Grouping,
    aggregations: readonly Aggregation[],
  ): Promise<Group[]> {
    const name = JSON.stringify(grouping);
    let loader = this.groupLoaders.get(name);
    if (loader === undefined) this.groupLoaders.set(name, (loader = this.groupLoader(grouping)));
    return loader.load({ parent, aggregations });
  }

  private groupLoader(grouping: Grouping): DataLoader<AggregateKey, Group[], string> {
    const { record } = this.definition;
    return new DataLoader<AggregateKey, Group[], string>(
      async (keys) => {
        const { requested, parents, indexOf } = mergeKeys(keys);
        const source = await this.source(requested, grouping);
        const byKeys = orderByKeys(record, grouping);
        const figures = aggregateColumns(record, requested, source.areRolledUp);
        const row = figures.row.with(keyColumnsOf(record, grouping));
        const rows = await readForParents(this.on, row, this.parent, parents, (key) => {
          const { tables, condition } = source.rowsOf(key);
          const { keys: columns, from } = groupingOf(record, grouping, tables, condition);
          return {
            select: sql`grouped.*`,
            rest: sql`from (
                select ${columns}, ${figures.columns} ${from} ${groupByKeys(grouping)}
              ) as grouped ${byKeys}`,
            position: sql`row_number() over (${byKeys})`,
          };
        }).catch((error: unknown) => {
          throw refuseTimeZone(error, grouping);
        });
        return keys.map((key) =>
          errorOr(() =>
            readGroups(record, grouping, key.aggregations, rows[indexOf(key.parent)] ?? []),
          ),
        );
      },
      { cacheKeyFn: ({ parent, aggregations }) => JSON.stringify([parent, aggregations]) },
    );
  }

  private source(requested: readonly Aggregation[], grouping: Grouping | null = null) {
    const { on, caller, rows, filter } = this;
    const { record, rollups } = this.definition;
    return aggregateSource(on, { record, rollups, caller, rows, filter }, requested, grouping);
  }

  private cursorCondition(side: "after" | "before", isInclusive: boolean): Sql {
    return cursorCondition(this.rows.record, this.order, this.cursor ?? [], side, isInclusive);
  }

  private loader<T>(
    load: (parents: readonly ParentKey[]) => Promise<T[]>,
  ): DataLoader<ParentKey, T, string> {
    return new DataLoader<ParentKey, T, string>(load, { cacheKeyFn: (key) => key.join() });
  }
}
