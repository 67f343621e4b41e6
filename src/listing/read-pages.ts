import type { Queryable } from "../database/database.js";
import type { Sql } from "../database/sql.js";
import { type ListedRows, type Slice, selectRows } from "./list-rows.js";
import type { PageColumns } from "./page-columns.js";
import type { Page } from "./page.js";
import { type ParentKey, readForParents } from "./parent.js";
import { withRelated } from "./to-one.js";

/** Which rows of a list form a page. */
export interface PagePart {
  /** A condition that begins with `and`: the rows beyond a cursor. */
  readonly beyond: Sql;
  readonly isBackward: boolean;
  readonly skipped: number;
  readonly size: number;
  /** Whether PostgreSQL may keep the plan, because the best one does not depend on the values. */
  readonly isPrepared: boolean;
}

/**
 * Whether PostgreSQL may keep the plan of a page. With a condition, the best plan depends on the number of rows, so do
 * not keep one for an empty table.
 */
export function keepsPlan(page: Page, { isFiltered, visible }: ListedRows): boolean {
  return !isFiltered && visible.condition === undefined && page.way !== "numbered";
}

/** @param beyond as in the part. */
export function pagePart(page: Page, list: ListedRows, beyond: Sql): PagePart {
  return {
    beyond,
    isBackward: page.way === "backward",
    skipped: page.way === "numbered" ? (page.number - 1) * page.size : 0,
    size: page.size,
    isPrepared: keepsPlan(page, list),
  };
}

/** Reads one page of each parent, in the list's order, with its related records. */
export async function readPages<Row>(
  on: Queryable,
  list: ListedRows,
  { size, isPrepared, ...part }: PagePart,
  { columns, joined, select, row, complete }: PageColumns<Row>,
  parents: readonly ParentKey[],
): Promise<Slice<Row>[]> {
  const pages = await readForParents(
    on,
    row,
    list.parent,
    parents,
    (key, isCluster) => {
      // The row after the page shows whether there are more.
      const wanted = { columns, ...part, limit: size + 1 };
      const page = selectRows(list, key, isCluster, wanted);
      return select === null ? page : withRelated(page, select, joined);
    },
    isPrepared,
  );
  return pages.map((found) => {
    const rows = found.slice(0, size);
    complete(rows);
    return { rows: part.isBackward ? rows.reverse() : rows, hasMore: found.length > size };
  });
}
