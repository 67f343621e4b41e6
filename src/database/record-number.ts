import { type Sql, sql } from "./sql.js";

/**
 * The next number of a merchant's records of a kind, for the statement that makes one: numbers have
 * no gap, since a statement that fails takes none.
 */
export function nextRecordNumber(
  merchantId: string,
  kind: "customer" | "order",
): { beside: { name: Sql; statement: Sql }; number: Sql } {
  return {
    beside: {
      name: sql`numbered`,
      statement: sql`
        insert into record_numbers (merchant_id, kind, last_number) values (${merchantId}::uuid, ${kind}, 1)
        on conflict (merchant_id, kind) do update set last_number = record_numbers.last_number + 1
        returning last_number`,
    },
    number: sql`numbered.last_number`,
  };
}
