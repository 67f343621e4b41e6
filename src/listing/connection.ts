import type { GraphQLResolveInfo } from "graphql";
import { isAllowed } from "../callers/caller.js";
import type { Aggregate, Aggregation } from "./aggregate.js";
import { encodeCursor } from "./cursor.js";
import type { TimeBucket } from "./bucket.js";
import { type Group, checkGrouping } from "./grouping.js";
import { objectOf } from "./json-selection.js";
import type { ListQuery } from "./list-query.js";
import { RawJson } from "../graphql/raw-json.js";
import type { Slice } from "./list-rows.js";
import { type JsonRow, positionIn } from "./page-columns.js";
import { POSITIONS, type PageSelection, WHOLE_RECORDS, pageSelection } from "./page-selection.js";
import type { ParentKey } from "./parent.js";
import type { PageInfo } from "./sort-and-page.type.js";
import type { RecordDefinition, RowOf } from "../records/record.js";
import { present } from "../shared/assert.js";
import { selectedPaths } from "./selection.js";

/** The rows of a page, by which its place in the list is known. */
interface Positions extends Slice<object> {
  /** The values of the order's keys in a row. */
  readonly keysIn: (row: object) => object;
}

/** The object from which GraphQL resolves a list. A field queries the database only when it is selected. */
export class Connection<R extends RecordDefinition = RecordDefinition> {
  private readPositions: (() => Promise<Positions>) | undefined;

  constructor(
    private readonly query: ListQuery<R>,
    private readonly parent: ParentKey,
    /** Receives whole rows for loaders. */
    private readonly onRead: (rows: readonly RowOf<R>[]) => void,
  ) {}

  /** @param info the field that selects the rows; without it, they are read whole. */
  async nodes(info?: GraphQLResolveInfo): Promise<readonly RowOf<R>[]> {
    const selection = info === undefined ? WHOLE_RECORDS : this.selectionOf(info, null);
    return (await this.slice(selection)).rows;
  }

  /** Like `nodes`, as the response has them: as JSON, or as objects whose values are those of the response. */
  async nodesAsJson(info: GraphQLResolveInfo): Promise<RawJson | object[]> {
    const selection = this.selectionOf(info, null);
    const reading = this.query.jsonSlice(this.parent, selection);
    if (reading === null) {
      const { rows } = await this.slice(selection);
      return rows.map((row) => objectOf(row, present(selection.json, "a selection as JSON")));
    }
    this.readPositions ??= async () => ({
      ...(await reading),
      keysIn: (row) => positionIn(row as JsonRow),
    });
    const { rows } = await reading;
    return new RawJson(`[${rows.map(({ json }) => json).join()}]`);
  }

  async edges(info?: GraphQLResolveInfo): Promise<{ cursor: string; node: RowOf<R> }[]> {
    const selection = info === undefined ? WHOLE_RECORDS : this.selectionOf(info, "node");
    const { rows } = await this.slice(selection);
    return rows.map((node) => ({ cursor: this.cursorOf(node), node }));
  }

  pageInfo(): PageInfo {
    const { page } = this.query;
    const hasMore = async (): Promise<boolean> => (await this.position()).hasMore;
    const cursorAt = async (index: number): Promise<string | null> => {
      const { rows, keysIn } = await this.position();
      const row = rows.at(index);
      return row ? this.cursorOf(keysIn(row)) : null;
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

  private async slice(selection: PageSelection): Promise<Slice<RowOf<R>>> {
    const reading = this.query.slices.load({ parent: this.parent, selection });
    this.readPositions ??= async () => ({ ...(await reading), keysIn: (row) => row });
    const slice = await reading;
    if (selection.fields === null) this.onRead(slice.rows);
    return slice;
  }

  private selectionOf(info: GraphQLResolveInfo, inside: string | null): PageSelection {
    const { record, toOne = {} } = this.query.definition;
    const selection = pageSelection(info, record, toOne, inside);
    // The resolver of a relation refuses a caller who may not see it.
    const areAllowed = selection.scopes.every((anyOf) => isAllowed(this.query.caller, anyOf));
    return areAllowed ? selection : WHOLE_RECORDS;
  }

  /** The page for its position in the list, with whatever else is read of it. */
  private async position(): Promise<Positions> {
    // Another field of the same selection, which is resolved next, may read the page.
    await Promise.resolve();
    if (this.readPositions === undefined) void this.slice(POSITIONS).catch(() => undefined);
    return present(this.readPositions, "the page")();
  }

  /** Whether the list has rows behind the page, in the direction opposite to paging. */
  private async hasRowsBehind(): Promise<boolean> {
    const { page } = this.query;
    // The first page has nothing behind it, in either direction.
    if (page.way === "numbered" ? page.number === 1 : page.cursor === null) return false;
    // A numbered page with rows has a page before it; an empty page has one only if the list has rows.
    if (page.way === "numbered" && (await this.position()).rows.length > 0) return true;
    return this.query.hasRowsBefore.load(this.parent);
  }

  private cursorOf(row: object): string {
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
