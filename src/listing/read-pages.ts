import type { Queryable } from "../database/database.js";
import type { Sql } from "../database/sql.js";
import { type ListedRows, type Slice, selectRows } from "./list-rows.js";
import type { PageColumns } from "./page-columns.js";
import { type ParentKey, readForParents } from "./parent.js";
import { keepRelatedOf, withRelated } from "./to-one.js";

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

/** Reads one page of each parent, in the list's order, with its related records. */
export async function readPages<Row>(
  on: Queryable,
  list: ListedRows,
  { size, isPrepared, ...part }: PagePart,
  { columns, row, related }: PageColumns<Row>,
  parents: readonly ParentKey[],
): Promise<Slice<Row>[]> {
  const relations = [...related.values()];
  const pages = await readForParents(
    on,
    relations.reduce((page, { addTo }) => addTo(page), row),
    list.parent,
    parents,
    (key, isCluster) => {
      // The row after the page shows whether there are more.
      const wanted = { columns, ...part, limit: size + 1 };
      return withRelated(selectRows(list, key, isCluster, wanted), relations);
    },
    isPrepared,
  );
  return pages.map((found) => {
    const rows = found.slice(0, size);
    keepRelatedOf(rows as readonly object[], related);
    return { rows: part.isBackward ? rows.reverse() : rows, hasMore: found.length > size };
  });
}
