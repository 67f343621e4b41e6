import type { Columns } from "./import-columns.js";
import type { FileRow } from "./import-row.js";

/** A file that was received completely and can be imported. */
export interface ReceivedFile {
  readonly columns: Columns;
  readonly rowCount: number;
  /** The SHA-256 of its bytes, in hexadecimal. */
  readonly sha256: string;
  readonly rows: () => AsyncIterable<readonly FileRow[]>;
}
