import type { ModelName } from "../database/models.js";
import type { PrismaReads, PrismaTransaction } from "../database/prisma.js";
import { present } from "../shared/assert.js";
import { instantOf } from "../shared/instant.js";
import type { Fields, RecordDefinition, RowOf } from "./record.js";

/** A record with a model in schema.prisma. */
export type PlainRecord = RecordDefinition<Fields, ModelName>;
export type Row = Readonly<Record<string, unknown>>;

/** Provides Prisma Client. */
export interface Source {
  readonly prisma: PrismaReads;
}

/** The operations of Prisma Client on a model that this program uses. */
interface Model {
  findMany(of: object): Promise<Row[]>;
  createMany(of: object): Promise<{ readonly count: number }>;
  create(of: object): Promise<Row>;
  updateManyAndReturn(of: object): Promise<Row[]>;
  deleteMany(of: object): Promise<unknown>;
}

/** @param on Prisma Client, or one of its transactions. */
export function modelOf(on: PrismaReads | PrismaTransaction, { model }: PlainRecord): Model {
  const name = model.charAt(0).toLowerCase() + model.slice(1);
  return present((on as unknown as Readonly<Record<string, Model>>)[name], name);
}

/** The columns of a record to read. */
export function selectionOf({ fields }: PlainRecord): Readonly<Record<string, true>> {
  const read = Object.keys(fields).filter((name) => fields[name]?.role !== "virtual");
  return Object.fromEntries(read.map((name) => [name, true]));
}

/** Converts a row of Prisma Client: amounts become numbers, times become strings. */
export function rowFrom<R extends PlainRecord>(row: Row): RowOf<R> {
  const own = Object.entries(row).map(([name, value]) => {
    if (value instanceof Date) return [name, instantOf(value)];
    return [name, typeof value === "bigint" ? Number(value) : value];
  });
  return Object.fromEntries(own) as RowOf<R>;
}
