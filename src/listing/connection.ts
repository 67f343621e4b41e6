import type { GraphQLResolveInfo } from "graphql";
import type { Aggregate, Aggregation } from "./aggregate.js";
import { encodeCursor } from "./cursor.js";
import type { TimeBucket } from "./bucket.js";
import { type Group, checkGrouping } from "./grouping.js";
import type { ListQuery } from "./list-query.js";
import type { Slice } from "./list-rows.js";
import type { ParentKey } from "./parent.js";
import type { PageInfo } from "./sort-and-page.type.js";
import type { RecordDefinition, RowOf } from "../records/record.js";
import { selectedPaths } from "./selection.js";

/** The object from which GraphQL resolves a list. A field queries the database only when it is selected. */
export class Connection<R extends RecordDefinition = RecordDefinition> {
  private read: Promise<Slice<RowOf<R>>> | undefined;

  constructor(
    private readonly query: ListQuery<R>,
    private readonly parent: ParentKey,
    /** Receives the rows of the page for loaders; null if loaders must not have them. */
    private readonly keep: ((slice: Slice<RowOf<R>>) => void) | null,
  ) {}

  async nodes(info?: GraphQLResolveInfo): Promise<readonly RowOf<R>[]> {
    this.readRelated(info, "");
    return (await this.slice()).rows;
  }

  async edges(info?: GraphQLResolveInfo): Promise<{ cursor: string; node: RowOf<R> }[]> {
    this.readRelated(info, "node.");
    return (await this.slice()).rows.map((node) => ({ cursor: this.cursorOf(node), node }));
  }

  pageInfo(): PageInfo {
    const { page } = this.query;
    const hasMore = async (): Promise<boolean> => (await this.slice()).hasMore;
    const cursorAt = async (index: number): Promise<string | null> => {
      const row = (await this.slice()).rows.at(index);
      return row ? this.cursorOf(row) : null;
    };
    return {
      hasNextPage: page.way === "backward" ? () => this.hasRowsBehind() : hasMore,
      hasPreviousPage: page.way === "backward" ? hasMore : () => this.hasRowsBehind(),
      startCursor: () => cursorAt(0),
      endCursor: () => cursorAt(-1),
    };
  }

  async totalCount(): Promise<number> {
    return (await this.compute(["count"])).count;
  }

  aggregate(info: GraphQLResolveInfo): Promise<Aggregate> {
    return this.compute(aggregationsIn(selectedPaths(info), ""));
  }

  /** Sums and counts over the whole list, regardless of the page. */
  compute(aggregations: readonly Aggregation[]): Promise<Aggregate> {
    return this.query.aggregates.load({ parent: this.parent, aggregations });
  }

  async groupBy(
    keys: readonly string[],
    bucket: TimeBucket | null | undefined,
    info: GraphQLResolveInfo,
    metadataKey?: string | null,
  ): Promise<Group[]> {
    const grouping = checkGrouping(this.query.definition.record, keys, bucket, metadataKey);
    const aggregations = aggregationsIn(selectedPaths(info), "aggregate.");
    return this.query.groups(this.parent, grouping, aggregations);
  }

  /** Reads the relations that the query selects with the rows. */
  private readRelated(info: GraphQLResolveInfo | undefined, prefix: string): void {
    const { toOne = {} } = this.query.definition;
    const relations = Object.entries(toOne);
    if (info === undefined || this.keep === null || relations.length === 0) return;
    const paths = selectedPaths(info);
    for (const [field, relation] of relations)
      if (paths.has(prefix + field)) this.query.related.add(relation);
  }

  private slice(): Promise<Slice<RowOf<R>>> {
    this.read ??= this.query.slices.load(this.parent).then((slice) => {
      this.keep?.(slice);
      return slice;
    });
    return this.read;
  }

  /** Whether the list has rows behind the page, in the direction opposite to paging. */
  private async hasRowsBehind(): Promise<boolean> {
    const { page } = this.query;
    // The first page has nothing behind it, in either direction.
    if (page.way === "numbered" ? page.number === 1 : page.cursor === null) return false;
    // A numbered page with rows has a page before it; an empty page has one only if the list has rows.
    if (page.way === "numbered" && (await this.slice()).rows.length > 0) return true;
    return this.query.hasRowsBefore.load(this.parent);
  }

  private cursorOf(row: RowOf<R>): string {
    return encodeCursor(this.query.definition.record, this.query.order, row);
  }
}

function aggregationsIn(paths: ReadonlySet<string>, prefix: string): Aggregation[] {
  const relative = [...paths]
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length));
  return relative.filter((path): path is Aggregation =>
    /^(count$|(sum|avg|min|max)\.[a-z])/.test(path),
  );
}
