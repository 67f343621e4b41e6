import type { ListedRow } from "../listing/whole-list.js";
import type { Sums } from "./export-sums.js";

/** The last line of a complete export. */
export interface ExportEnd {
  readonly count: number;
  readonly sums: Sums;
  /** The cursor of the last row; null without rows. */
  readonly cursor: string | null;
}

/** The last line of an export that the server cut off. */
export interface ExportFailure {
  readonly code: string;
  readonly message: string;
  /** The cursor of the last row before; null if there is none. The export can be continued after it. */
  readonly cursor: string | null;
}

/** How an export is written. */
export interface ExportFormat {
  readonly mediaType: string;
  /** What comes before the rows. */
  head(): string;
  /** One row, with its line break. @param cursor null if the row shows none; undefined if no row does. */
  row(row: ListedRow, cursor: string | null | undefined): string;
  /** The last line. @param name `end` or `error`. */
  last(name: "end" | "error", value: ExportEnd | ExportFailure): string;
}
