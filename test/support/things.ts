import type { Database } from "../../src/database/database.js";
import { sql } from "../../src/database/sql.js";
import {
  amount,
  boolean,
  currency,
  dateTime,
  id,
  metadata,
  nullable,
  text,
  uuid,
} from "../../src/records/field.js";
import { type RowOf, defineRecord } from "../../src/records/record.js";

const ALL_USES = { filter: true, sort: true } as const;

/** A record with a nullable and a non-null field of every kind, to test lists in general. */
export const thingRecord = defineRecord({
  name: "Thing",
  table: "things",
  description: "A record of the tests.",
  currencyField: "currency",
  fields: {
    id: id("The id."),
    createdAt: dateTime("A time.", { ...ALL_USES, extremes: true, group: true }),
    endedAt: nullable(dateTime("A time or none.", { ...ALL_USES, extremes: true, group: true })),
    name: nullable(text("A text or none.", { ...ALL_USES, group: true })),
    code: text("A text in lower case.", { ...ALL_USES, letters: "lower", group: true }),
    currency: currency("A currency.", { ...ALL_USES, group: true }),
    amount: amount("Money.", { ...ALL_USES, sum: true, average: true, extremes: true }),
    isOpen: boolean("A yes or no.", { filter: true }),
    ownerId: nullable(uuid("An id or none.", { filter: true })),
    metadata: metadata("Texts by key.", { filter: true, group: true }),
  },
});
export type Thing = RowOf<typeof thingRecord>;

export async function createThings({ pool }: Pick<Database, "pool">): Promise<void> {
  await pool.query(`create table things (
    id uuid primary key, created_at timestamptz(6) not null, ended_at timestamptz(6), name text,
    code text not null, currency text not null, amount bigint not null, is_open boolean not null,
    owner_id uuid, metadata jsonb not null)`);
  await pool.query(
    "create index on things using gin (metadata jsonb_path_ops) where metadata <> '{}'",
  );
}

export async function replaceThings(
  { pool }: Pick<Database, "pool">,
  things: readonly Thing[],
): Promise<void> {
  await pool.query("truncate things");
  const of = <K extends keyof Thing>(key: K): Thing[K][] => things.map((thing) => thing[key]);
  const statement = sql`insert into things
    select * from unnest(${of("id")}::uuid[], ${of("createdAt")}::timestamptz[],
      ${of("endedAt")}::timestamptz[], ${of("name")}::text[], ${of("code")}::text[],
      ${of("currency")}::text[], ${of("amount")}::bigint[], ${of("isOpen")}::boolean[],
      ${of("ownerId")}::uuid[], ${of("metadata").map((one) => JSON.stringify(one))}::jsonb[])`;
  await pool.query({ text: statement.text, values: statement.values });
}
