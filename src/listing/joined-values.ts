import { type Queryable, readRows } from "../database/database.js";
import { column, rowOf } from "../database/row.js";
import { alias, identifier, join, sql } from "../database/sql.js";
import type { JoinedColumn } from "../records/field.js";
import { resultColumnOf } from "../records/column-type.js";
import { type RecordDefinition, columnOf, fieldOf } from "../records/record.js";
import type { ListedRow } from "./whole-list.js";

/** When so many rows of another table are kept, they are forgotten. */
const MAX_KEPT = 10_000;

/**
 * Values of another table that virtual fields show, such as the currency of a pocket's group. They are read by key and
 * kept, because many rows share few of them.
 */
export class JoinedValues {
  private readonly known = new Map<string, ListedRow>();
  private readonly through: JoinedColumn | undefined;

  /** @param names virtual fields with a joined column, all through the same key. */
  constructor(
    private readonly record: RecordDefinition,
    private readonly names: readonly string[],
  ) {
    const [name] = names;
    this.through = name === undefined ? undefined : fieldOf(record, name).through;
  }

  /** Adds the values of the virtual fields to the rows, which are the caller's own. */
  async addTo(on: Queryable, rows: readonly ListedRow[]): Promise<readonly ListedRow[]> {
    const { through } = this;
    if (through === undefined) return rows;
    const keys = rows.map((row) => row[through.key] as string);
    const unknown = [...new Set(keys)].filter((key) => !this.known.has(key));
    // Keys of this page that were known are read again, which is correct and rare.
    if (this.known.size > MAX_KEPT) this.known.clear();
    const missing = this.known.size === 0 ? [...new Set(keys)] : unknown;
    if (missing.length > 0) await this.read(on, through, missing);
    rows.forEach((row, index) => Object.assign(row, this.known.get(keys[index] ?? "")));
    return rows;
  }

  private async read(
    on: Queryable,
    { table }: JoinedColumn,
    keys: readonly string[],
  ): Promise<void> {
    const { record, names } = this;
    const columns = names.map((name) => sql`${columnOf(record, name)} as ${alias(name)}`);
    const types = names.map((name) => [name, resultColumnOf(fieldOf(record, name))] as const);
    const row = rowOf({ ...Object.fromEntries(types), joinedKey: column.uuid() });
    const other = identifier(table);
    const statement = sql`select ${other}.id as ${alias("joinedKey")}, ${join(columns, ", ")}
      from ${other} where ${other}.id = any(${keys}::uuid[])`;
    for (const { joinedKey, ...values } of await readRows(on, row, statement)) {
      this.known.set(joinedKey, values);
    }
  }
}
