import type { MerchantCaller } from "../callers/caller.js";
import type { Instant } from "../shared/instant.js";
import type { ImportKind } from "./import-kind.js";
import type { ImportTotals, RowOutcome } from "./import-outcome.js";
import type { ReceivedFile } from "./received-file.js";

/** What a merchant asks for. */
export interface ImportRequest {
  readonly kind: ImportKind;
  readonly pocketGroupSlug: string;
  /** Reports what would happen, and changes nothing. */
  readonly isDryRun: boolean;
  /** Names an intended repetition of a file that was imported before; empty otherwise. */
  readonly again: string;
  /** Checks the caller's token again, and counts a request. */
  readonly renew: () => Promise<MerchantCaller>;
}

/** The beginning of an import. */
export interface ImportBegin {
  readonly file: ReceivedFile;
  readonly request: ImportRequest;
  /** The currency of the group. */
  readonly currency: string;
  /** When the same file was first imported; null if it was not. */
  readonly firstImportedAt: Instant | null;
}

/** What an import reports: once its beginning, then rows and progress, and once its end. */
export type ImportEvent =
  | ({ readonly type: "begin" } & ImportBegin)
  | {
      readonly type: "rows";
      readonly outcomes: readonly RowOutcome[];
      readonly totals: ImportTotals;
    }
  | { readonly type: "progress"; readonly totals: ImportTotals }
  | {
      readonly type: "end";
      readonly totals: ImportTotals;
      /** Why it ended before the last row; null if it did not. */
      readonly error: unknown;
    };
