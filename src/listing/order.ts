import { type Sql, join, sql } from "../database/sql.js";
import { sqlTypeOf } from "../records/column-type.js";
import { type RecordDefinition, fieldOf, sortedColumnOf } from "../records/record.js";
import type { Path } from "./visible.js";

export interface SortKey {
  readonly field: string;
  readonly direction: "ASC" | "DESC";
}

/** The order of a list. It is total, because the last key is the id. Nulls are last. */
export type Order = readonly SortKey[];

const NEWEST_FIRST: Order = [{ field: "createdAt", direction: "DESC" }];

/**
 * Completes a sort. A repeated field has no effect and is dropped, as is every field after the id. The id takes the direction of the key
 * before it, so that one index on both serves both directions.
 */
export function orderOf(
  sort: readonly SortKey[] | null | undefined,
  defaultSort: readonly SortKey[] = NEWEST_FIRST,
): Order {
  const given = sort && sort.length > 0 ? sort : defaultSort;
  const first = new Map<string, SortKey>();
  for (const key of given) if (!first.has(key.field)) first.set(key.field, key);
  const keys = [...first.values()];
  if (first.has("id")) return keys.slice(0, keys.findIndex(({ field }) => field === "id") + 1);
  return [...keys, { field: "id", direction: keys.at(-1)?.direction ?? "ASC" }];
}

/**
 * `order by …`, forwards or backwards.
 *
 * @param leading columns before the keys that have one value in all rows. They take the direction of the first key,
 *   so that one index scan returns the whole order.
 */
export function orderBy(
  record: RecordDefinition,
  order: Order,
  isBackward: boolean,
  leading: Path["order"] = () => sql``,
): Sql {
  const isReversed = (direction: SortKey["direction"]): boolean =>
    (direction === "DESC") !== isBackward;
  const keys = order.map(({ field, direction }) => {
    const isDescending = isReversed(direction);
    const column = sql`${sortedColumnOf(record, field)} ${isDescending ? sql`desc` : sql`asc`}`;
    // Only nullable columns need this. Without it, an index on a column that is not null serves the order.
    if (!fieldOf(record, field).isNullable) return column;
    return sql`${column} ${isBackward ? sql`nulls first` : sql`nulls last`}`;
  });
  const first = order[0]?.direction ?? "ASC";
  return sql`order by ${leading(isReversed(first) ? "DESC" : "ASC")}${join(keys, ", ")}`;
}

/**
 * The condition for rows on one side of the row with the given key values.
 *
 * @param side `after` or `before` it in the list's own order.
 * @param isInclusive whether to include the row itself.
 */
export function cursorCondition(
  record: RecordDefinition,
  order: Order,
  values: readonly unknown[],
  side: Side,
  isInclusive: boolean,
): Sql {
  const keys = order.map(({ field, direction }, index) => ({
    column: sortedColumnOf(record, field),
    type: sqlTypeOf(fieldOf(record, field).kind),
    isNullable: fieldOf(record, field).isNullable,
    isUpward: (direction === "ASC") === (side === "after"),
    value: values[index] ?? null,
  }));
  const parameter = ({ value, type }: Key): Sql => sql`${value}::${type}`;

  const [first] = keys;
  const isUniform = keys.every(
    ({ isNullable, isUpward }) => !isNullable && isUpward === first?.isUpward,
  );
  if (isUniform) {
    // Use one row comparison, which an index on the keys serves directly.
    const columns = join(
      keys.map(({ column }) => column),
      ", ",
    );
    const bounds = join(keys.map(parameter), ", ");
    return sql`(${columns}) ${comparison(first?.isUpward, isInclusive)} (${bounds})`;
  }
  // A row is beyond if its first keys are equal and its next key is beyond.
  const cases = keys.map((key, index) => {
    const equal = keys.slice(0, index).map((one) => equals(one, parameter(one)));
    return sql`(${join([...equal, beyond(key, parameter(key), side)], " and ")})`;
  });
  if (isInclusive) {
    cases.push(
      sql`(${join(
        keys.map((key) => equals(key, parameter(key))),
        " and ",
      )})`,
    );
  }
  const condition = sql`(${join(cases, " or ")})`;
  if (first === undefined || first.isNullable) return condition;
  // Repeat the condition for the first key only, so that a scan of its index has a starting point.
  return sql`${first.column} ${comparison(first.isUpward, true)} ${parameter(first)} and ${condition}`;
}

type Side = "after" | "before";

function comparison(isUpward: boolean | undefined, isInclusive: boolean): Sql {
  if (isUpward) return isInclusive ? sql`>=` : sql`>`;
  return isInclusive ? sql`<=` : sql`<`;
}

interface Key {
  readonly column: Sql;
  readonly type: Sql;
  readonly isNullable: boolean;
  readonly isUpward: boolean;
  readonly value: unknown;
}

function equals({ column, value }: Key, parameter: Sql): Sql {
  return value === null ? sql`${column} is null` : sql`${column} = ${parameter}`;
}

/** Nulls are last: no value comes after a null, and every value comes before it. */
function beyond({ column, value, isNullable, isUpward }: Key, parameter: Sql, side: Side): Sql {
  if (value === null) return side === "after" ? sql`false` : sql`${column} is not null`;
  const compared = sql`${column} ${comparison(isUpward, false)} ${parameter}`;
  return isNullable && side === "after" ? sql`(${compared} or ${column} is null)` : compared;
}
