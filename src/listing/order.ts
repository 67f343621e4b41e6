import { type Sql, join, sql } from "../database/sql.js";
import { type RecordDefinition, fieldOf, sortedColumnOf, sqlTypeOf } from "../records/record.js";
import type { Path } from "./visible.js";

export interface SortKey {
  readonly field: string;
  readonly direction: "ASC" | "DESC";
}

/** The order of a list, which is total: its last key is the id. Nulls are last. */
export type Order = readonly SortKey[];

const NEWEST_FIRST: Order = [{ field: "createdAt", direction: "DESC" }];

/**
 * Completes a sort. A field that comes again changes nothing and is left out. The id follows the
 * direction of the key before it, so that an index on both serves either way.
 */
export function orderOf(sort: readonly SortKey[] | null | undefined): Order {
  const given = sort && sort.length > 0 ? sort : NEWEST_FIRST;
  const first = new Map<string, SortKey>();
  for (const key of given) if (!first.has(key.field)) first.set(key.field, key);
  const keys = [...first.values()];
  return [...keys, { field: "id", direction: keys.at(-1)?.direction ?? "ASC" }];
}

/**
 * `order by …`, forwards or backwards.
 *
 * @param leading columns before the keys that have one value. They take the direction of the first key, so that one
 *   index scan returns the whole order.
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
    // Said for nullable columns alone: an index of one that is not null serves without it.
    if (!fieldOf(record, field).isNullable) return column;
    return sql`${column} ${isBackward ? sql`nulls first` : sql`nulls last`}`;
  });
  const first = order[0]?.direction ?? "ASC";
  return sql`order by ${leading(isReversed(first) ? "DESC" : "ASC")}${join(keys, ", ")}`;
}

/**
 * The rows on one side of a row that is known by the values of its keys.
 *
 * @param side `after` or `before` it in the list's own order.
 * @param isInclusive whether the row itself is meant as well.
 */
export function besideCondition(
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
    // One comparison of rows, which an index on the keys answers by itself.
    const columns = join(
      keys.map(({ column }) => column),
      ", ",
    );
    const bounds = join(keys.map(parameter), ", ");
    return sql`(${columns}) ${comparison(first?.isUpward, isInclusive)} (${bounds})`;
  }
  // A row lies beyond when it equals in the first keys and lies beyond in the next one.
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
  // The same once more for the first key alone, so that an index on it has a place to begin at.
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

/** Nulls are last: after a null there is no other value, before it there is every value. */
function beyond({ column, value, isNullable, isUpward }: Key, parameter: Sql, side: Side): Sql {
  if (value === null) return side === "after" ? sql`false` : sql`${column} is not null`;
  const compared = sql`${column} ${comparison(isUpward, false)} ${parameter}`;
  return isNullable && side === "after" ? sql`(${compared} or ${column} is null)` : compared;
}
