import { dateTime, enumeration, id, integer, key, nullable, text } from "../records/field.js";
import { type RowOf, defineRecord } from "../records/record.js";
import { ImportKind } from "./import-kind.js";

/** A file that was imported. It identifies the rows that have no token of their own, so it is kept permanently. */
export const importRecord = defineRecord({
  name: "Import",
  table: "imports",
  description: "A file whose rows were charged to pockets or debited from them.",
  fields: {
    merchantId: key("The merchant that sent the file."),
    id: id("The record's unique id: a UUIDv7 that the server generates."),
    pocketGroupId: key("The group of the pockets."),
    createdAt: dateTime("When the file was first imported, by the database's clock."),
    updatedAt: dateTime("When the last run of the file ended, by the database's clock."),
    kind: enumeration(ImportKind, "What the rows of the file are."),
    fileSha256: text("The SHA-256 of the file, in hexadecimal."),
    again: text("The name of an intended repetition of the same file; empty for the first import."),
    rows: nullable(integer("The number of rows of the last run that ended. Null before.")),
    succeeded: nullable(integer("How many of them were charged or debited in that run.")),
    repeated: nullable(integer("How many of them had been charged or debited before.")),
    refused: nullable(integer("How many of them were refused.")),
    endedAt: nullable(dateTime("When the last run ended. Null if none has ended.")),
  },
});
export type Import = RowOf<typeof importRecord>;
