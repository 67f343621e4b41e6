import DataLoader from "dataloader";
import type { Caller } from "../access/caller.js";
import type { Queryable } from "../database/database.js";
import { type Sql, integer, sql } from "../database/sql.js";
import {
  type Aggregate,
  type AggregateRow,
  type Aggregation,
  aggregateColumns,
  fieldsOfAggregate,
  readAggregate,
} from "./aggregate.js";
import { type AggregateKey, errorOr, mergeKeys } from "./batch.js";
import { decodeCursor } from "./cursor.js";
import type { FilterBudget } from "./filter-budget.js";
import { type Filter, type SpecialFilters, filterCondition, namesRecords } from "./filter.js";
import {
  type Group,
  type Grouping,
  groupByKeys,
  groupColumns,
  orderByKeys,
  readGroups,
  refuseTimeZone,
} from "./grouping.js";
import { type Order, type SortKey, besideCondition, orderBy, orderOf } from "./order.js";
import { type Page, type PageArguments, pageOf } from "./page.js";
import { type Parent, type ParentKey, type Statement, readForParents } from "./parent.js";
import { type RecordDefinition, type RowOf, tablesOf } from "./record.js";
import { type Path, type Visible, checkOf, conditionOf, pathAlong } from "./visible.js";

export interface ListArguments extends PageArguments {
  readonly filter?: Filter | null | undefined;
  readonly sort?: readonly SortKey[] | null | undefined;
}

/** A record that can be listed. There is no list without a word on who may see what. */
export interface ListDefinition<R extends RecordDefinition = RecordDefinition> {
  readonly record: R;
  /** The rows that the caller may see at all: part of every statement of the list. */
  readonly visibleTo: (caller: Caller) => Visible;
  /** Filters that are translated in a way of their own, by field. */
  readonly filters?: (caller: Caller) => SpecialFilters;
}

/** One page as it was read. */
export interface Slice<Row> {
  readonly rows: readonly Row[];
  /** Whether the list goes on beyond the page's last row read: its next row, or backwards the one before. */
  readonly goesOn: boolean;
}

/**
 * One list as one caller asks for it: for the whole list, or for many parents at once. Each part is a
 * statement of its own and is read when it is asked for; the same part for several parents is one
 * statement.
 */
export class List<R extends RecordDefinition> {
  readonly order: Order;
  readonly page: Page;
  private readonly visible: Visible;
  private readonly filter: Sql;
  private readonly isFiltered: boolean;
  private readonly isOfNamed: boolean;
  private readonly cursor: readonly unknown[] | null;
  private readonly groupLoaders = new Map<string, DataLoader<AggregateKey, Group[], string>>();

  /** @throws AppError BAD_USER_INPUT that names the argument. */
  constructor(
    private readonly on: Queryable,
    readonly definition: ListDefinition<R>,
    caller: Caller,
    args: ListArguments,
    private readonly parent: Parent | null,
    budget?: FilterBudget,
  ) {
    const { record, visibleTo } = definition;
    this.page = pageOf(args);
    this.order = orderOf(args.sort);
    this.filter = args.filter
      ? filterCondition(record, args.filter, definition.filters?.(caller), budget)
      : sql`true`;
    this.visible = visibleTo(caller);
    this.isFiltered = Boolean(args.filter);
    this.isOfNamed = args.filter ? namesRecords(record, args.filter) : false;
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

  /** The rows of the page, in the list's order. */
  readonly slices = this.loader<Slice<RowOf<R>>>(async (parents) => {
    const { record } = this.definition;
    const isBackward = this.page.way === "backward";
    const beyond = this.cursor
      ? sql` and ${this.besideCursor(isBackward ? "before" : "after", false)}`
      : sql``;
    const skipped = this.page.way === "numbered" ? (this.page.number - 1) * this.page.size : 0;
    const rows = await readForParents<RowOf<R>>(
      this.on,
      this.parent,
      parents,
      (key, isDistributed) =>
        this.read(key, isDistributed, record.columns, beyond, isBackward, {
          limit: this.page.size + 1,
          skipped,
        }),
      !this.isFiltered && this.page.way !== "numbered",
    );
    return rows.map((found) => {
      const kept = found.slice(0, this.page.size);
      return { rows: isBackward ? kept.reverse() : kept, goesOn: found.length > this.page.size };
    });
  });

  /** Whether there are rows on the other side of the page than where it goes on to. */
  readonly hasRowsBefore = this.loader<boolean>(async (parents) => {
    const { record } = this.definition;
    const isBackward = this.page.way === "backward";
    // What is not beyond the cursor: its own row, if it is still there, and those before it.
    const before = this.cursor
      ? sql` and ${this.besideCursor(isBackward ? "after" : "before", true)}`
      : sql``;
    const rows = await readForParents<{ found: boolean }>(
      this.on,
      this.parent,
      parents,
      (key, isDistributed) => {
        // The nearest one by the index; `exists` would drop the order, and might scan the table for any.
        const nearest = { limit: 1, skipped: 0 };
        const id = sql`${record.table}.id`;
        const { select, rest } = this.read(key, isDistributed, id, before, !isBackward, nearest);
        return { select: sql`exists (select ${select} ${rest}) as found`, rest: sql`` };
      },
    );
    return rows.map(([row]) => row?.found === true);
  });

  /** Sums and counts over the whole list; all that are asked for at once are one statement. */
  readonly aggregates = new DataLoader<AggregateKey, Aggregate, string>(
    async (keys) => {
      const { record } = this.definition;
      const { asked, parents, indexOf } = mergeKeys(keys);
      const columns = aggregateColumns(record, asked);
      const tables = tablesOf(record, fieldsOfAggregate(record, asked));
      const rows = await readForParents<AggregateRow>(this.on, this.parent, parents, (key) => ({
        select: columns,
        rest: sql`from ${tables} where ${this.members(key)}`,
      }));
      return keys.map(({ parent, aggregations }) => {
        const row = rows[indexOf(parent)]?.[0] ?? {};
        return errorOr(() => readAggregate(record, aggregations, row, "aggregate"));
      });
    },
    { cacheKeyFn: ({ parent, aggregations }) => JSON.stringify([parent, aggregations]) },
  );

  /** The list's groups with their aggregates, ordered by their keys. */
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
        const { asked, parents, indexOf } = mergeKeys(keys);
        const tables = tablesOf(record, [...grouping.fields, ...fieldsOfAggregate(record, asked)]);
        const columns = sql`${groupColumns(record, grouping)}, ${aggregateColumns(record, asked)}`;
        const byKeys = orderByKeys(record, grouping);
        const rows = await readForParents<AggregateRow>(this.on, this.parent, parents, (key) => ({
          select: sql`grouped.*`,
          rest: sql`from (
                select ${columns} from ${tables} where ${this.members(key)}
                ${groupByKeys(grouping)}
              ) as grouped ${byKeys}`,
          position: sql`row_number() over (${byKeys})`,
        })).catch((error: unknown) => {
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

  /** The condition of the list's rows, of one parent if it is nested. */
  private members(key: readonly Sql[]): Sql {
    const belongs = pathAlong(this.parent?.fixed(key, []) ?? [], true).condition;
    return sql`${belongs} and ${this.ofParent(key)} and ${conditionOf(this.visible)} and ${this.filter}`;
  }

  private ofParent(key: readonly Sql[]): Sql {
    return this.parent?.check?.(key) ?? sql`true`;
  }

  /** Some rows in the list's order, read along the index that begins with what is fixed. */
  private read(
    key: readonly Sql[],
    isDistributed: boolean,
    columns: Sql,
    beyond: Sql,
    isBackward: boolean,
    { limit, skipped }: { readonly limit: number; readonly skipped: number },
  ): Statement {
    const { record } = this.definition;
    const { fixed, parts } = this.visible;
    // A filter may name a better index, which PostgreSQL finds by the values: such a statement is planned each time.
    const isPlain = isDistributed || this.isFiltered;
    const from = (path: Path, check: Sql, count: number, offset: number): Sql => {
      const order = orderBy(record, this.order, isBackward, path.order);
      const isSkipping = offset > 0 ? sql` offset ${offset}::bigint` : sql``;
      const rows = sql`${record.table} where ${path.condition} and ${check} and ${this.filter}${beyond}`;
      // The few records that are named are found first: no index is chosen for its order.
      const source = this.isOfNamed
        ? sql`(select * from ${rows} offset 0) as ${record.table}`
        : rows;
      return sql`from ${source} ${order} limit ${integer(count)}${isSkipping}`;
    };
    if (this.parent !== null || parts === undefined || isDistributed) {
      const leading = this.parent?.fixed(key, fixed) ?? fixed;
      const path = pathAlong(leading, isPlain);
      const check = sql`${checkOf(this.visible, leading)} and ${this.ofParent(key)}`;
      return {
        select: columns,
        rest: from(path, check, limit, skipped),
        position: sql`row_number() over (${orderBy(record, this.order, isBackward, path.order)})`,
      };
    }
    const ofPart = { column: parts.column, value: sql`part.value` };
    const path = pathAlong([ofPart, ...fixed], isPlain);
    return {
      select: columns,
      rest: sql`from (${parts.values}) as part(value)
        cross join lateral (select * ${from(path, sql`true`, limit + skipped, 0)}) as ${record.table}
        ${orderBy(record, this.order, isBackward)} limit ${integer(limit)} offset ${skipped}::bigint`,
    };
  }

  private besideCursor(side: "after" | "before", isInclusive: boolean): Sql {
    const { record } = this.definition;
    return besideCondition(record, this.order, this.cursor ?? [], side, isInclusive);
  }

  private loader<T>(
    load: (parents: readonly ParentKey[]) => Promise<T[]>,
  ): DataLoader<ParentKey, T, string> {
    return new DataLoader<ParentKey, T, string>(load, { cacheKeyFn: (key) => key.join() });
  }
}
