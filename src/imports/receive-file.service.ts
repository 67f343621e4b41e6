import { createHash } from "node:crypto";
import { AppError } from "../shared/errors.js";
import { present } from "../shared/assert.js";
import { CsvRows } from "./csv-rows.js";
import { fileError } from "./import-file-error.js";
import { ImportSpool } from "./import-spool.store.js";
import type { ReceivedFile } from "./received-file.js";

/** A received file on disk, until it is closed. */
export interface SpooledFile extends ReceivedFile {
  readonly close: () => Promise<void>;
}

/**
 * Receives a file to its end, and checks that all of it can be read, before any row is used. Its rows are kept on disk.
 *
 * @param bytes the file, decompressed.
 * @throws ImportFileError if it cannot be read or is too large; SERVICE_UNAVAILABLE if the disk is full.
 */
export async function receiveFile(
  bytes: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<SpooledFile> {
  const spool = await ImportSpool.create();
  try {
    const csv = new CsvRows();
    const hash = createHash("sha256");
    let size = 0;
    for await (const piece of bytes) {
      size += piece.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      hash.update(piece);
      await spool.add(await csv.push(piece));
    }
    await spool.add(await csv.end());
    return {
      columns: present(csv.columns, "the columns of a file with rows"),
      rowCount: csv.count,
      sha256: hash.digest("hex"),
      rows: () => spool.rows(),
      close: () => spool.close(),
    };
  } catch (error) {
    await spool.close();
    throw isDiskFull(error) ? noSpace(error) : error;
  }
}

function tooLarge(maxBytes: number): Error {
  const message = `The file has more than ${maxBytes.toLocaleString("en")} bytes. Divide it, each part with the header.`;
  return fileError("FILE_TOO_LARGE", message);
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOSPC";
}

function noSpace(cause: unknown): AppError {
  const message = "The server has no space left for the file. Nothing was done. Try again later.";
  return new AppError("SERVICE_UNAVAILABLE", message, { cause });
}
